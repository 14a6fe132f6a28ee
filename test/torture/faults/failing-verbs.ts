import { expect } from 'vitest';
import type { Failpoint } from '../../support/failpoints.js';
import { anEvent } from '../../support/folder.js';
import type { TestServer } from '../../support/test-server.js';
import type { TortureFault } from '../fault.js';
import type { Round } from '../round.js';
import { type Reply, sendRequest } from '../send-request.js';
import { startFailpointServer } from '../server-with-failpoints.js';

/** The write that a full disk fails first. */
const failures: Readonly<Record<'json' | 'ledger', readonly Failpoint[]>> = {
  json: [{ at: 'writeFile', action: 'fail', code: 'ENOSPC' }],
  ledger: [
    { at: 'write', action: 'fail', code: 'ENOSPC' },
    { at: 'write', action: 'half' },
  ],
};

interface Verb {
  readonly name: string;
  /** What is answered when it succeeds. */
  readonly status: number;
  /** Prepares what it is about. Returns the request. */
  prepare(server: TestServer): Promise<() => Promise<Reply>>;
}

const order = { eventId: 'gala', customer: 'Ada', quantity: 2 };
const bought = async (server: TestServer) =>
  (await sendRequest(server, 'POST', '/buy', order)).body;
const held = async (server: TestServer) =>
  (await sendRequest(server, 'POST', '/holds', order)).body;

const verbs: readonly Verb[] = [
  {
    name: 'hold',
    status: 201,
    prepare: async (server) => () => sendRequest(server, 'POST', '/holds', order),
  },
  {
    name: 'confirm',
    status: 201,
    async prepare(server) {
      const { holdId } = await held(server);
      return () => sendRequest(server, 'POST', `/holds/${holdId}/confirm`);
    },
  },
  {
    name: 'release',
    status: 204,
    async prepare(server) {
      const { holdId } = await held(server);
      return () => sendRequest(server, 'DELETE', `/holds/${holdId}`);
    },
  },
  {
    name: 'cancel',
    status: 200,
    async prepare(server) {
      const { orderId } = await bought(server);
      return () => sendRequest(server, 'POST', `/orders/${orderId}/cancel`);
    },
  },
  {
    name: 'admit',
    status: 201,
    async prepare(server) {
      const { orderId } = await bought(server);
      const { tickets } = (await sendRequest(server, 'GET', `/orders/${orderId}`)).body;
      return () => sendRequest(server, 'POST', '/admissions', { code: tickets[0].code });
    },
  },
  {
    name: 'edit',
    status: 200,
    async prepare(server) {
      const found = (await sendRequest(server, 'GET', '/events/gala')).body;
      const { id: _i, remaining: _r, revision, ...details } = found;
      const body = { ...details, capacity: details.capacity + 1 };
      return () =>
        sendRequest(server, 'PUT', '/events/gala', body, { 'if-match': `"${revision}"` });
    },
  },
];

/**
 * The disk is full in the midst of each verb: nothing of it is done, and asked again it is done once.
 *
 * @param program another server with failpoints, for a negative control
 */
export async function failEachVerb(
  round: Round,
  store: 'json' | 'ledger',
  program?: string,
): Promise<number> {
  const { server, arm, untilFired } = await startFailpointServer(round, {
    ...(program === undefined ? {} : { program }),
    events: { gala: anEvent(1000) },
    env: { STORE: store, LOCK_MODE: 'kernel', WORKERS: '1' },
  });
  const { pid } = round.random.pick(await server.workers());
  let failed = 0;
  for (const failure of failures[store]) {
    for (const { name, status, prepare } of verbs) {
      const send = await prepare(server);
      const before = await sendRequest(server, 'GET', '/events/gala');
      await arm(pid, failure);
      const first = await send();
      await untilFired(pid);
      // A ledger that wrote half of a line tries again at once.
      if (failure.action === 'fail') {
        expect([name, first.status]).toEqual([name, 503]);
        expect(await sendRequest(server, 'GET', '/events/gala')).toEqual(before);
        expect([name, (await send()).status]).toEqual([name, status]);
      } else if (first.status === 503) {
        expect([name, (await send()).status]).toEqual([name, status]);
      } else expect([name, first.status]).toEqual([name, status]);
      failed++;
    }
  }
  expect(await server.verdict()).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0 });
  return failed;
}

export const failingVerbs: TortureFault = {
  number: 23,
  fault: 'the disk is full, or takes half of a line, in the midst of each verb',
  expected: '503 and nothing is done; asked again, it is done once',
  async run(round) {
    const figures: string[] = [];
    for (const store of ['json', 'ledger'] as const) {
      figures.push(`${store}: ${await failEachVerb(round, store)} writes`);
    }
    return figures.join(', ');
  },
};
