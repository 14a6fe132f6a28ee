import { readdirSync } from 'node:fs';
import { Agent } from 'node:http';
import { expect } from 'vitest';
import type { StoreName } from '../../../src/store/registry.js';
import { ApiDocument } from '../../http/api-document.js';
import { sendRaw } from '../../http/raw.js';
import { send as sendRequest } from '../../http/send.js';
import { anEvent } from '../../support/folder.js';
import { Load } from '../../support/load.js';
import { residentMb } from '../../support/memory.js';
import { until } from '../../support/processes.js';
import type { TestServer } from '../../support/test-server.js';
import type { TortureFault } from '../fault.js';
import { type FuzzRequest, fuzzRequests } from '../fuzz-requests.js';
import type { Round } from '../round.js';
import { SlowClients } from '../slow-clients.js';

const CONNECTIONS = 200;
const CONCURRENT_REQUESTS = 16;
const LARGE_BODY = ' '.repeat(2 * 1024 * 1024);

/** Room for uncollected garbage and newly compiled code. */
const GROWTH_MB_MAX = 80;
/** The server times slow requests out after 10 s, and checks every few seconds. */
const CLOSED_MS_MAX = 15_000;

export interface Attack {
  readonly store: StoreName;
  readonly seed: number;
  readonly requests: number;
  readonly largeBodies: number;
  /** Whether to wait until the server has closed every slow connection. */
  readonly waitForClose: boolean;
  /** The program to run: the server, or a negative control. */
  readonly program?: string;
}

export interface Attacked {
  /** The number of answers by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Answers that violate the API document. */
  readonly complaints: readonly string[];
  /** Memory growth of the worker that grew most, in MB. */
  readonly growthMb: number;
  /** How many ordinary buys were sold during the attack. */
  readonly served: number;
}

export async function attack(round: Round, attack: Attack): Promise<Attacked> {
  const { store, seed, requests, largeBodies, waitForClose, program } = attack;
  const server = await round.server({
    events: { big: anEvent(1_000_000), 'sold-out': anEvent(0), few: anEvent(50) },
    env: { STORE: store, WORKERS: '2', LAB: 'off' }, // lab runs would add load
    ...(program === undefined ? {} : { program }),
  });
  const document = new ApiDocument(await (await server.fetch('/openapi.json')).text());
  const sale = (await (await server.buy({ eventId: 'big', customer: 'Ada' })).json()) as {
    orderId: string;
  };
  const words = { eventId: ['big', 'sold-out', 'few', 'none'], orderId: [sale.orderId, 'none'] };
  const requestsToSend = fuzzRequests(document, words, { seed, count: requests }).filter(
    ({ path }) => !path.startsWith('/stream'), // a server-sent event stream never ends
  );
  const statuses = new Map<number, number>();
  const complaints: string[] = [];
  const count = (status: number): void => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  const sendAll = async (remaining: FuzzRequest[]): Promise<void> => {
    const agent = new Agent({ keepAlive: true });
    const sendNext = async (): Promise<void> => {
      for (let next = remaining.shift(); next !== undefined; next = remaining.shift()) {
        count(await send(server, document, next, { agent, complaints }));
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, sendNext)).finally(() =>
      agent.destroy(),
    );
  };

  await sendAll(requestsToSend.splice(0, requests / 10)); // warms up code and caches
  const workers = (await server.workers()).map(({ pid }) => pid);
  const before = workers.map((pid) => ({ mb: residentMb(pid), files: openFiles(pid) }));

  const slowClients = await SlowClients.connect(server.url, CONNECTIONS);
  round.onEnd(() => slowClients.end());
  const load = new Load(server.url, 'big', 4);
  round.onEnd(() => load.stop());
  await Promise.all([sendAll(requestsToSend), sendLarge(server, largeBodies, count)]);
  if (waitForClose) {
    await until('all slow connections are closed', () => slowClients.open === 0, CLOSED_MS_MAX);
    expect(new Set(slowClients.answers)).toEqual(new Set(['HTTP/1.1 408']));
  }
  slowClients.end();
  await load.stop();

  expect(load.answers.filter(({ status }) => status !== 201)).toEqual([]);
  expect((await server.workers()).map(({ pid }) => pid)).toEqual(workers);
  expect(await server.verdict()).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0 });
  await until('all connections are closed', () =>
    workers.every((pid, index) => openFiles(pid) <= (before[index]?.files ?? 0)),
  );
  const growthMb = workers.map((pid, index) => residentMb(pid) - (before[index]?.mb ?? 0));
  return { statuses, complaints, growthMb: Math.max(...growthMb), served: load.sold.length };
}

/** Sends a request and checks the answer against the API document. */
async function send(
  server: TestServer,
  document: ApiDocument,
  { route, method, path, headers, body }: FuzzRequest,
  { agent, complaints }: { readonly agent: Agent; readonly complaints: string[] },
): Promise<number> {
  const url = new URL(server.url.origin + path);
  const options = { method, headers, agent, ...(body === undefined ? {} : { body }) };
  const { answer } = await sendRequest(url, options);
  const complain = (what: string): void => {
    complaints.push(`${method} ${path.slice(0, 200)} ${(body ?? '').slice(0, 100)}: ${what}`);
  };
  const { status } = answer;
  if (status >= 500 && status !== 501 && status !== 503) complain(String(status));
  // A mutated request may match another route.
  const [ownMethod = '', template = ''] = route.split(' ');
  if (method === ownMethod && url.pathname === template) {
    for (const complaint of await document.mismatches(route, answer)) complain(complaint);
  } else if (status >= 400 && method !== 'HEAD') {
    if (!answer.headers.get('content-type')?.startsWith('application/problem+json')) {
      complain(`${status} is not problem+json`);
    }
  }
  return status;
}

async function sendLarge(
  server: TestServer,
  count: number,
  onAnswer: (status: number) => void,
): Promise<void> {
  const head = 'POST /buy HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  for (let sent = 0; sent < count; sent++) {
    const length = `Content-Length: ${LARGE_BODY.length}\r\n\r\n`;
    // A client that keeps sending to a closed connection may lose the answer.
    const answers = await sendRaw(server.url, `${head}${length}${LARGE_BODY}`);
    for (const { status } of answers) onAnswer(status);
  }
}

const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

export function expectUnharmed({ statuses, complaints, growthMb, served }: Attacked): void {
  expect(complaints.slice(0, 5)).toEqual([]);
  // Both accepted and rejected requests must occur.
  const statusesSeen = expect.arrayContaining([200, 201, 400, 404, 405, 409, 413, 415]);
  expect([...statuses.keys()]).toEqual(statusesSeen);
  expect(served).toBeGreaterThan(20);
  expect(growthMb).toBeLessThan(GROWTH_MB_MAX);
}

export const hostileClients: TortureFault = {
  number: 16,
  fault: 'slowloris, half-open connections, 2 MiB bodies, fuzzed requests',
  expected: `answers as documented, never 500; other buyers are served; no exit; at most ${GROWTH_MB_MAX} MB more`,
  ...(process.platform === 'linux' ? {} : { missing: () => 'memory is read from /proc' }),
  async run(round) {
    const { seed, full } = round;
    const stores: StoreName[] = full ? ['ledger', 'json'] : ['ledger'];
    const figures: string[] = [];
    for (const store of stores) {
      const size = full ? { requests: 5000, largeBodies: 50 } : { requests: 1000, largeBodies: 10 };
      const attacked = await attack(round, {
        store,
        seed,
        ...size,
        waitForClose: full && store === 'ledger',
      });
      expectUnharmed(attacked);
      const { statuses, growthMb, served } = attacked;
      const counts = [...statuses].sort(([a], [b]) => a - b).map((each) => each.join(' × '));
      figures.push(
        `${store}: ${counts.join(', ')}; ${Math.round(growthMb)} MB more; ${served} served`,
      );
    }
    return figures.join('; ');
  },
};
