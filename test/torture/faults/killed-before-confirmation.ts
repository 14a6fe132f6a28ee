import { expect } from 'vitest';
import { lockModeNames } from '../../../src/lock/registry.js';
import { anEvent } from '../../support/folder.js';
import { until } from '../../support/processes.js';
import type { TestServer } from '../../support/test-server.js';
import type { TortureFault } from '../fault.js';
import type { Round } from '../round.js';
import { type Reply, sendRequest } from '../send-request.js';
import {
  type FailpointServer,
  type FailpointServerOptions,
  startFailpointServer,
} from '../server-with-failpoints.js';
import { deathsBeforeTheAnswer, TIMEOUT_MS } from './killed-before-answer.js';

const confirm = (server: TestServer, holdId: string, timeoutMs = TIMEOUT_MS.retry) =>
  sendRequest(server, 'POST', `/holds/${holdId}/confirm`, undefined, {}, timeoutMs);

/** Enough that one of their confirmations reaches the worker that dies. */
const HOLDS = 20;

async function hold(server: TestServer): Promise<string> {
  const body = { eventId: 'gala', customer: 'Ada', quantity: 2 };
  return (await sendRequest(server, 'POST', '/holds', body)).body.holdId;
}

/** Confirms holds until one has no answer, because its worker died. */
async function firstWithoutAnswer(
  { server, hasFired }: FailpointServer,
  target: number,
  holdIds: readonly string[],
): Promise<string> {
  for (const holdId of holdIds) {
    const { status } = await confirm(server, holdId, TIMEOUT_MS.first);
    if (status === 0 && (await hasFired(target))) return holdId;
  }
  throw new Error('no confirmation reached the worker that dies');
}

/** Asks until there is an answer that is no 503. */
async function untilAnswered(server: TestServer, holdId: string): Promise<Reply> {
  let reply: Reply | undefined;
  await until(`${holdId} has an answer`, async () => {
    reply = await confirm(server, holdId);
    return reply.status !== 0 && reply.status !== 503;
  });
  return reply as Reply;
}

/** A hold that is confirmed by a worker that dies before it answers; asked again, and after a restart. */
export async function confirmAfterDeaths(
  round: Round,
  deaths: typeof deathsBeforeTheAnswer,
  options: Omit<FailpointServerOptions, 'folder'>,
): Promise<Reply[][]> {
  const folder = round.folder({ gala: anEvent(1000) });
  const failing = await startFailpointServer(round, { ...options, folder });
  const { server, arm } = failing;
  const replies = new Map<string, Reply[]>();
  for (const death of deaths) {
    const { pid: target } = round.random.pick(await server.workers());
    // Before the failpoint is armed: a worker must not die of a hold.
    const holdIds: string[] = [];
    while (holdIds.length < HOLDS) holdIds.push(await hold(server));
    await arm(target, death);
    const asked = await firstWithoutAnswer(failing, target, holdIds);
    replies.set(asked, [await untilAnswered(server, asked)]);
    await server.untilAllLive(target);
  }
  expect((await server.stop()).code).toBe(0);
  const again = await round.server({ folder, env: options.env });
  for (const [holdId, each] of replies) each.push(await untilAnswered(again, holdId));
  expect((await again.verdict()).verdict).toBe('holds');
  return [...replies.values()];
}

/** @throws unless the client gets its order, and the same one after a restart */
export function expectSameOrder([first, later]: readonly Reply[]): void {
  expect([200, 201]).toContain(first?.status);
  expect(later?.status).toBe(200);
  expect(later?.body).toEqual(first?.body);
}

export const killedBeforeConfirmation: TortureFault = {
  number: 20,
  fault: 'killed between the confirmation of a hold and its answer; the client asks again',
  expected: 'one order, the same every time, also after a restart',
  async run(round) {
    const mode = round.random.pick(lockModeNames);
    const deaths = round.full
      ? deathsBeforeTheAnswer
      : round.random.sample(deathsBeforeTheAnswer, 2);
    const env = { STORE: 'ledger', LOCK_MODE: mode, WORKERS: '2', LOCK_STALE_MS: '2000' };
    const confirmed = await confirmAfterDeaths(round, deaths, { env });
    for (const replies of confirmed) expectSameOrder(replies);
    return `${mode}: ${confirmed.length} deaths, one order each`;
  },
};
