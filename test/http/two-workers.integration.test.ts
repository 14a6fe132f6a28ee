import type { Agent } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { Sale } from '../../src/http/schemas.js';
import { anEvent } from '../support/folder.js';
import { connectToBoth } from './both-workers.js';
import { send } from './send.js';
import { sharedServer } from './shared-server.js';

const server = sharedServer({
  env: { WORKERS: '2' },
  events: { gala: anEvent(100), other: anEvent(100) },
});

/** A connection to each worker, by pid. A connection stays with one worker. */
const agents = new Map<number, Agent>();
afterEach(() => {
  for (const agent of agents.values()) agent.destroy();
  agents.clear();
});

/** Buys over new connections until both workers have sold; answers a sale of each. */
async function buyFromBoth(): Promise<Sale[]> {
  const both = await connectToBoth(server(), 'gala');
  for (const [worker, agent] of both.agents) agents.set(worker, agent);
  return both.sales;
}

/** Reads a path from each worker. */
async function readFromBoth(path: string, headers: Record<string, string> = {}) {
  const answers: Response[] = [];
  for (const agent of agents.values()) {
    const { answer, reusedConnection } = await send(new URL(path, server().url), {
      agent,
      headers,
    });
    expect(reusedConnection).toBe(true);
    answers.push(answer);
  }
  return answers;
}

test('a sale names the worker that sold it, which /workers lists', async () => {
  const sales = await buyFromBoth();
  const pids = (await server().workers()).map(({ pid }) => pid);
  expect(sales.map(({ worker }) => worker).sort()).toEqual(pids.sort());
});

test('every worker finds an order, whichever of them sold it', async () => {
  for (const { worker: _, ...order } of await buyFromBoth()) {
    for (const answer of await readFromBoth(`/orders/${order.orderId}`)) {
      expect([answer.status, await answer.json()]).toMatchObject([200, order]);
    }
  }
});

test('both workers answer a query with the same ETag, and another one after a sale', async () => {
  await buyFromBoth();
  const paths = ['/search?q=a&limit=5', '/search?limit=5&q=a', '/search?limit=5&q=%61'];
  const answers: Response[] = [];
  for (const path of paths) answers.push(...(await readFromBoth(path)));
  expect(answers).toHaveLength(6);
  const etags = new Set(answers.map(({ headers }) => headers.get('etag')));
  expect(etags.size).toBe(1);

  const [etag = ''] = [...etags].map(String);
  const remaining = await server().remaining('gala');
  expect((await server().buy({ eventId: 'gala', customer: 'Ada' })).status).toBe(201);
  for (const answer of await readFromBoth('/search?q=test', { 'if-none-match': etag })) {
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ events: [{ remaining: remaining - 1 }, {}] });
    expect(answer.headers.get('etag')).not.toBe(etag);
  }
});
