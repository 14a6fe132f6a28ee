import { expect } from 'vitest';
import { Recorder } from '../../../src/client/recorder.js';
import { anEvent } from '../../support/folder.js';
import { LOST_MS, Load } from '../../support/load.js';
import { type ExitResult, PATIENCE_MS, run, until } from '../../support/processes.js';
import { isRunning, kill, type TestServer } from '../../support/test-server.js';
import { expectConsistentSales } from '../expect-consistent-sales.js';
import type { TortureFault } from '../fault.js';
import { type Round, settleAll } from '../round.js';
import { type FailpointServer, startFailpointServer } from '../server-with-failpoints.js';
import type { Exact } from './killed-at-every-step.js';

export const events = { big: anEvent(1_000_000) };

const WORKERS = 2;
/** As short as the settings allow. */
const STALE_MS = 2000;
const LOCK_TIMEOUT_MS = 2100;
const HEARTBEAT_TIMEOUT_MS = 2200;

/** The primary checks twice a second, and the last heartbeat may have just arrived. */
export const KILLED_MS_MAX = HEARTBEAT_TIMEOUT_MS + 1500;
/** Until a resumed orphan has noticed that its primary is dead. */
export const ORPHANED_MS_MAX = 2000;

/** Beside other tests it may take longer. */
const within = ({ full }: Round, ms: number): number => (full ? ms : PATIENCE_MS);

export const impatient = ({ store, mode }: Exact): NodeJS.ProcessEnv => ({
  STORE: store,
  LOCK_MODE: mode,
  WORKERS: String(WORKERS),
  LOCK_STALE_MS: String(STALE_MS),
  LOCK_TIMEOUT_MS: String(LOCK_TIMEOUT_MS),
  HEARTBEAT_TIMEOUT_MS: String(HEARTBEAT_TIMEOUT_MS),
});

/** A worker that hangs in its critical section. */
interface Hang {
  readonly each: Exact;
  /** By SIGSTOP, or by a blocked event loop. */
  readonly action: 'stop' | 'delay';
  readonly at: 'lockHeld' | 'loaded' | 'paused' | 'decided';
  /** Which of the workers, and how many times it passes the step before. */
  readonly worker: number;
  readonly after: number;
}

/** Drawn before anything starts, so that the seed alone decides. */
const drawHang = ({ random }: Round, each: Exact, action: Hang['action'] = 'stop'): Hang => ({
  each,
  action,
  at: random.pick(['lockHeld', 'loaded', 'paused', 'decided']),
  worker: random.integer(0, WORKERS - 1),
  after: random.integer(0, 20),
});

interface Hung extends FailpointServer {
  readonly load: Load;
  /** The pid of the worker that hangs. */
  readonly hungPid: number;
}

async function hang(round: Round, options: Hang): Promise<Hung> {
  const { each, action, at, worker, after } = options;
  const failing = await startFailpointServer(round, { events, env: impatient(each) });
  const keyed = each.store === 'ledger';
  const load = new Load(failing.server.url, 'big', 8, {
    keyed,
    answerMs: LOST_MS,
    pauseMs: round.pauseMs,
  });
  round.onEnd(() => load.stop());
  const hungPid = (await failing.server.workers())[worker]?.pid ?? 0;
  await failing.arm(hungPid, { at, action, after, ms: 60_000 });
  await failing.untilFired(hungPid);
  return { ...failing, load, hungPid };
}

/**
 * Waits until the primary has killed and replaced a hung worker.
 *
 * @param withinMs how long it may take to kill it
 * @returns how long it took, in milliseconds
 */
export async function untilReplaced(
  server: TestServer,
  hungPid: number,
  withinMs: number,
): Promise<number> {
  const since = performance.now();
  await until('the hung worker is killed', () => !isRunning(hungPid), withinMs);
  const tookMs = performance.now() - since;
  await server.untilAllLive(hungPid);
  const { restarts, lastExit } =
    (await server.workers()).find((worker) => worker.restarts > 0) ?? {};
  expect({ restarts, lastExit }).toMatchObject({ restarts: 1, lastExit: { signal: 'SIGKILL' } });
  return tookMs;
}

async function killHung(round: Round, options: Hang): Promise<number> {
  const { server, load, hungPid } = await hang(round, options);
  const tookMs = await untilReplaced(server, hungPid, within(round, KILLED_MS_MAX));
  await untilSells(load);
  await load.stop();
  await expectConsistentSales(server, load, options.each.store);
  return tookMs;
}

/** A primary whose workers die before they listen gives up with exit code 1. */
export async function expectGivenUp(folder: string): Promise<ExitResult> {
  const env = { PORT: '0', DATA_DIR: folder, WORKERS: '2', LOG_LEVEL: 'silent' };
  const ended = await run('test/programs/workers-die-at-start', { env });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(
    /^Workers keep dying at start: 6 in a row, .*exit code 7\. Giving up\.\n$/,
  );
  return ended;
}

/**
 * Kills a primary while one of its workers is stopped. Another server on the same folder sells. Then
 * the orphan is resumed: it must exit, and do no harm before that.
 *
 * @param options.recorder the answers of the first server
 * @param options.exitsWithinMs how long the orphan may run after it was resumed
 * @returns how long the orphan ran after it was resumed, in milliseconds
 */
export async function takeOver(
  round: Round,
  first: TestServer,
  orphan: number,
  each: Exact,
  {
    recorder = new Recorder(),
    exitsWithinMs = within(round, ORPHANED_MS_MAX),
  }: { readonly recorder?: Recorder; readonly exitsWithinMs?: number } = {},
): Promise<number> {
  first.signal('SIGKILL');
  await first.exited;
  const second = await round.server({
    folder: first.folder,
    env: { ...impatient(each), WORKERS: '1' },
  });
  const load = new Load(second.url, 'big', 8, {
    recorder,
    answerMs: LOST_MS,
    pauseMs: round.pauseMs,
  });
  round.onEnd(() => load.stop());
  // A kernel lock cannot be stolen: while its holder is stopped, buys are rejected with 503.
  const rejected = () => load.answers.some(({ status }) => status === 503);
  if (each.mode === 'kernel') await until('buys are rejected', rejected);
  else await untilSells(load);

  const resumedAt = performance.now();
  kill(orphan, 'SIGCONT');
  await until('the orphan exits', () => !isRunning(orphan), exitsWithinMs);
  const livedOnMs = performance.now() - resumedAt;
  await untilSells(load);
  await load.stop();
  await expectConsistentSales(second, load, each.store);
  return livedOnMs;
}

async function orphan(round: Round, stopped: Hang): Promise<number> {
  const { server, load, hungPid } = await hang(round, stopped);
  round.onEnd(() => kill(hungPid));
  void load.stop(); // buys that the stopped worker has accepted wait until it exits
  return takeOver(round, server, hungPid, stopped.each, { recorder: load.recorder });
}

function untilSells(load: Load): Promise<void> {
  const since = performance.now();
  const sells = () => load.sold.some(({ sentAt }) => sentAt > since);
  return until('tickets are sold again', sells);
}

export const abandonedWorkers: TortureFault = {
  number: 13,
  fault: 'a stuck worker; workers that die at start; a stopped worker whose primary dies',
  expected: 'killed and replaced; exit 1 with a clear line; holds, and the orphan exits',
  async run(round) {
    const ledger = (mode: Exact['mode']): Exact => ({ store: 'ledger', mode });
    const json: Exact = { store: 'json', mode: 'kernel' };
    const stuck = [drawHang(round, ledger('kernel')), drawHang(round, json, 'delay')];
    const orphans = [drawHang(round, ledger('off')), drawHang(round, json)];
    if (round.full) {
      stuck.push(drawHang(round, ledger('file'), 'delay'));
      orphans.push(drawHang(round, ledger('file')), drawHang(round, ledger('kernel')));
      await expectGivenUp(round.folder(events));
    }
    // Concurrently, because most of the time is spent waiting.
    const killedMs = await settleAll(stuck.map((each) => killHung(round, each)));
    const livedOnMs = await settleAll(orphans.map((each) => orphan(round, each)));
    return [
      `${stuck.length} stuck, killed within ${Math.round(Math.max(...killedMs))} ms`,
      `${orphans.length} orphans, exited within ${Math.round(Math.max(...livedOnMs))} ms`,
    ].join('; ');
  },
};
