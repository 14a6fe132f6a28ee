import {
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { expect } from 'vitest';
import { receiptsIn, ticketsIn } from '../../../src/store/json/paths.js';
import { ledgerIn } from '../../../src/store/ledger/paths.js';
import { anEvent } from '../../support/folder.js';
import { LOST_MS, Load } from '../../support/load.js';
import { until } from '../../support/processes.js';
import { kill } from '../../support/test-server.js';
import type { TortureFault } from '../fault.js';
import type { Round } from '../round.js';

/** What an editor, a restore, a log rotation or a mistake does to a file. */
export const swaps = {
  'replaced by a copy'(path: string) {
    copyFileSync(path, `${path}.new`);
    renameSync(`${path}.new`, path);
  },
  'replaced by an empty file'(path: string) {
    rmSync(path);
    copyFileSync('/dev/null', path);
  },
  'cut in the middle': (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  'cut to nothing': (path: string) => truncateSync(path, 0),
  removed: (path: string) => rmSync(path),
  'moved away': (path: string) => renameSync(path, `${path}.old`),
} as const;
export type Swap = keyof typeof swaps;

/** The stores that keep files open, and the file of each that must keep its name. */
export const openFiles = { ledger: ledgerIn, json: receiptsIn } as const;
export type SwappedStore = keyof typeof openFiles;

export interface SwapResult {
  /** The exit code of the server, or `undefined` if it still sells. */
  readonly code: number | null | undefined;
  readonly stderr: string;
  readonly sold: number;
  /** Tickets that two buyers were told are theirs. */
  readonly twice: number;
  /** The exit code and the message of the next start, and what a verdict on the folder says. */
  readonly restart: string;
  readonly verdict: string;
}

export interface SwapOptions {
  readonly store: SwappedStore;
  /** `older tickets`: `tickets.json` of the json store by a copy of before the newest sales. */
  readonly swap: Swap | 'older tickets';
  /** Whether tickets are sold at that moment, or only before and after it. */
  readonly busy: boolean;
  readonly program?: string;
}

/** Swaps a file under a server, replaces a worker, and lets the server sell on if it does. */
export async function swapUnderServer(
  round: Round,
  { store, swap, busy, program = 'src/main' }: SwapOptions,
): Promise<SwapResult> {
  const folder = round.folder({ big: anEvent(1_000_000) });
  const env = { STORE: store, LOCK_MODE: 'kernel', WORKERS: '2' };
  const server = await round.server({ folder, env, program });
  let code: number | null | undefined;
  void server.ended.then((ended) => {
    code = ended.code;
  });
  const startLoad = (): Load => {
    const load = new Load(server.url, 'big', 8, {
      buysPerConnection: 5,
      answerMs: LOST_MS,
      pauseMs: round.pauseMs,
    });
    round.onEnd(() => load.stop());
    return load;
  };
  const before = startLoad();
  await until('tickets are sold', () => before.sold.length > 30);
  const older = readFileSync(ticketsIn(folder));
  await until('more tickets are sold', () => before.sold.length > 60);
  const workers = (await server.workers()).map(({ pid }) => pid);
  if (!busy) await before.stop();

  // The next worker opens what has the name now, beside one that has the old file open. Of older tickets,
  // a worker that has sold from the newer ones knows: none is left.
  const killed = swap === 'older tickets' ? workers : workers.slice(0, 1);
  if (swap === 'older tickets') {
    for (const pid of killed) kill(pid);
    writeFileSync(`${ticketsIn(folder)}.new`, older);
    renameSync(`${ticketsIn(folder)}.new`, ticketsIn(folder));
  } else {
    swaps[swap](openFiles[store](folder));
    for (const pid of killed) kill(pid);
  }
  const allLive = () => server.untilAllLive(...killed);
  await Promise.race([
    server.ended,
    allLive()
      .catch(allLive)
      .catch(() => {}),
  ]);
  await before.stop();
  const after = startLoad();
  const exitsOrGoesOn = () => code !== undefined || after.sold.length > 300;
  await until('the server exits or goes on', exitsOrGoesOn);
  await after.stop();

  const serials = [...before.sold, ...after.sold].flatMap((sale) => sale.serials ?? []);
  const describe = (trying: Promise<unknown>) => trying.then(String, (error) => error.message);
  return {
    code,
    stderr: server.stderr,
    sold: serials.length,
    twice: serials.length - new Set(serials).size,
    restart: code === undefined ? '' : await describe(round.server({ folder, env, program })),
    verdict: await describe(server.verdict().then(({ verdict }) => verdict)),
  };
}

/** @throws unless the server stopped, said why and what to do, and sold no ticket twice */
export function expectStopped(
  store: SwappedStore,
  { code, stderr, twice, restart, verdict }: SwapResult,
): void {
  expect({ code, twice }).toEqual({ code: 3, twice: 0 });
  if (store === 'json') {
    // A new worker may be the first to notice that the receipts are gone.
    expect(stderr).toMatch(
      /^\S+ (is damaged: (receipts\.jsonl was|tickets\.json went back)|has version \d+, but \S+ is gone)/m,
    );
    expect(restart).toMatch(/ is (damaged|gone): .*npm run reset/);
    expect(verdict).toBe('broken');
    return;
  }
  expect(stderr).toMatch(/^the ledger is damaged .+ run npm run ledger -- check$/m);
  expect(restart).toContain('keeps the server from starting');
  expect(verdict).toContain('damaged');
}

export const swappedFiles: TortureFault = {
  number: 18,
  fault: 'an open file is replaced by a copy, cut, removed or moved under a server that sells',
  expected: 'no ticket twice; exit code 3 and what to do; refused at the next start',
  async run(round) {
    const names = Object.keys(swaps) as Swap[];
    const figures: string[] = [];
    for (const store of Object.keys(openFiles) as SwappedStore[]) {
      const copied = store === 'ledger' ? names.slice(0, 1) : [];
      for (const swap of round.full ? names : [...copied, round.random.pick(names.slice(1))]) {
        const busy = round.random.integer(0, 1) === 1;
        const result = await swapUnderServer(round, { store, swap, busy });
        expectStopped(store, result);
        figures.push(`${store} ${swap}: ${result.sold} sold, exit ${result.code}`);
      }
    }
    const older = { store: 'json', swap: 'older tickets', busy: false } as const;
    const result = await swapUnderServer(round, older);
    expectStopped('json', result);
    figures.push(`json older tickets: ${result.sold} sold, exit ${result.code}`);
    return figures.join('; ');
  },
};
