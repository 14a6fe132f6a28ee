import { readdirSync } from 'node:fs';
import { Agent } from 'node:http';
import { expect } from 'vitest';
import type { StoreName } from '../../../src/store/registry.js';
import { ApiDocument } from '../../http/api-document.js';
import { sendRaw } from '../../http/raw.js';
import { send } from '../../http/send.js';
import { anEvent } from '../../support/folder.js';
import { Load } from '../../support/load.js';
import { residentMb } from '../../support/memory.js';
import type { TestServer } from '../../support/office.js';
import { until } from '../../support/processes.js';
import { type Question, questions } from '../fuzz.js';
import type { Round } from '../round.js';
import type { Row } from '../row.js';
import { Siege } from '../siege.js';

const CONNECTIONS = 200;
const ASKED_AT_ONCE = 16;
const LARGE_BODY = ' '.repeat(2 * 1024 * 1024);

/** Garbage that is not collected yet, and code that was compiled meanwhile. */
const GROWTH_MB_MAX = 80;
/** A slow request is ended after 10 s, and looked for every few. */
const SENT_AWAY_MS_MAX = 15_000;

export interface Attack {
  readonly store: StoreName;
  readonly seed: number;
  readonly requests: number;
  readonly largeBodies: number;
  /** Whether to wait until the office has ended every connection that is in its way. */
  readonly patient: boolean;
  /** The program to run, unless it is the office itself. */
  readonly program?: string;
}

export interface Attacked {
  /** How many answers had which status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** What an answer should not have been. */
  readonly complaints: readonly string[];
  /** How much more memory a worker had, the one that grew most. */
  readonly growthMb: number;
  /** How many were served meanwhile as if nothing was. */
  readonly served: number;
}

export async function attack(round: Round, attack: Attack): Promise<Attacked> {
  const { store, seed, requests, largeBodies, patient, program } = attack;
  const office = await round.office({
    events: { big: anEvent(1_000_000), soldCount: anEvent(0), few: anEvent(50) },
    env: { STORE: store, WORKERS: '2', LAB: 'off' }, // experiments are loads of their own
    ...(program === undefined ? {} : { program }),
  });
  const document = new ApiDocument(await (await office.fetch('/openapi.json')).text());
  const sale = (await (await office.buy({ eventId: 'big', customer: 'Ada' })).json()) as {
    orderId: string;
  };
  const words = { eventId: ['big', 'gone', 'few', 'none'], orderId: [sale.orderId, 'none'] };
  const asked = questions(document, words, { seed, count: requests }).filter(
    ({ path }) => !path.startsWith('/events'), // a stream of events has no end to wait for
  );
  const statuses = new Map<number, number>();
  const complaints: string[] = [];
  const count = (status: number): void => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  const askAll = async (some: Question[]): Promise<void> => {
    const agent = new Agent({ keepAlive: true });
    const askInTurn = async (): Promise<void> => {
      for (let next = some.shift(); next !== undefined; next = some.shift()) {
        count(await put(office, document, next, { agent, complaints }));
      }
    };
    await Promise.all(Array.from({ length: ASKED_AT_ONCE }, askInTurn)).finally(() =>
      agent.destroy(),
    );
  };

  await askAll(asked.splice(0, requests / 10)); // what is compiled and cached then stays for good
  const workers = (await office.workers()).map(({ pid }) => pid);
  const before = workers.map((pid) => ({ mb: residentMb(pid), files: openFiles(pid) }));

  const siege = await Siege.begin(office.url, CONNECTIONS);
  round.onEnd(() => siege.end());
  const load = new Load(office.url, 'big', 4);
  round.onEnd(() => load.stop());
  await Promise.all([askAll(asked), sendLarge(office, largeBodies, count)]);
  if (patient) {
    await until('all have been sent away', () => siege.standing === 0, SENT_AWAY_MS_MAX);
    expect(new Set(siege.answers)).toEqual(new Set(['HTTP/1.1 408']));
  }
  siege.end();
  await load.stop();

  expect(load.answers.filter(({ status }) => status !== 201)).toEqual([]);
  expect((await office.workers()).map(({ pid }) => pid)).toEqual(workers);
  expect(await office.verdict()).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0 });
  await until('all connections are gone', () =>
    workers.every((pid, index) => openFiles(pid) <= (before[index]?.files ?? 0)),
  );
  const growthMb = workers.map((pid, index) => residentMb(pid) - (before[index]?.mb ?? 0));
  return { statuses, complaints, growthMb: Math.max(...growthMb), served: load.sold.length };
}

/** Puts a question and looks at the answer. */
async function put(
  office: TestServer,
  document: ApiDocument,
  { route, method, path, headers, body }: Question,
  { agent, complaints }: { readonly agent: Agent; readonly complaints: string[] },
): Promise<number> {
  const url = new URL(office.url.origin + path);
  const question = { method, headers, agent, ...(body === undefined ? {} : { body }) };
  const { answer } = await send(url, question);
  const complain = (what: string): void => {
    complaints.push(`${method} ${path.slice(0, 200)} ${(body ?? '').slice(0, 100)}: ${what}`);
  };
  const { status } = answer;
  if (status >= 500 && status !== 501 && status !== 503) complain(String(status));
  // A request that was bent may have become another route's.
  const [ownMethod = '', template = ''] = route.split(' ');
  if (method === ownMethod && url.pathname === template) {
    for (const complaint of await document.mismatches(route, answer)) complain(complaint);
  } else if (status >= 400 && method !== 'HEAD') {
    if (!answer.headers.get('content-type')?.startsWith('application/problem+json')) {
      complain(`${status} is no problem`);
    }
  }
  return status;
}

async function sendLarge(
  office: TestServer,
  count: number,
  onAnswer: (status: number) => void,
): Promise<void> {
  const head = 'POST /buy HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  for (let sent = 0; sent < count; sent++) {
    const length = `Content-Length: ${LARGE_BODY.length}\r\n\r\n`;
    // Whoever goes on sending into a connection that was closed may lose the answer on it.
    const answers = await sendRaw(office.url, `${head}${length}${LARGE_BODY}`);
    for (const { status } of answers) onAnswer(status);
  }
}

const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

export function expectUnharmed({ statuses, complaints, growthMb, served }: Attacked): void {
  expect(complaints.slice(0, 5)).toEqual([]);
  // Both kinds were met: what the office takes, and what it refuses.
  const met = expect.arrayContaining([200, 201, 400, 404, 405, 409, 413, 415]);
  expect([...statuses.keys()]).toEqual(met);
  expect(served).toBeGreaterThan(20);
  expect(growthMb).toBeLessThan(GROWTH_MB_MAX);
}

export const besieged: Row = {
  number: 16,
  fault: 'slow-loris, half-open connections, 2 MiB bodies, fuzzed requests',
  expected: `as documented, never 500; others are served; no exit; at most ${GROWTH_MB_MAX} MB more`,
  ...(process.platform === 'linux' ? {} : { missing: () => 'memory is read from /proc' }),
  async run(round) {
    const { seed, whole } = round;
    const stores: StoreName[] = whole ? ['ledger', 'json'] : ['ledger'];
    const figures: string[] = [];
    for (const store of stores) {
      const size = whole
        ? { requests: 5000, largeBodies: 50 }
        : { requests: 1000, largeBodies: 10 };
      const attacked = await attack(round, {
        store,
        seed,
        ...size,
        patient: whole && store === 'ledger',
      });
      expectUnharmed(attacked);
      const { statuses, growthMb, served } = attacked;
      const met = [...statuses].sort(([a], [b]) => a - b).map((each) => each.join(' × '));
      figures.push(
        `${store}: ${met.join(', ')}; ${Math.round(growthMb)} MB more; ${served} served`,
      );
    }
    return figures.join('; ');
  },
};
