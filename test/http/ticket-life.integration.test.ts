import type { Agent } from 'node:http';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import type { NewHold, OrderDetails, Sale } from '../../src/http/schemas.js';
import { anEvent } from '../support/folder.js';
import { until } from '../support/processes.js';
import { connectToBoth } from './both-workers.js';
import { send } from './send.js';
import { sharedServer } from './shared-server.js';
import { untilSalesAreHeard } from './stream-listener.js';

const server = sharedServer({
  env: { WORKERS: '2', HOLD_SECONDS: '5' },
  events: { gala: anEvent(100), held: anEvent(100) },
});

const agents: Agent[] = [];
afterEach(() => {
  for (const agent of agents.splice(0)) agent.destroy();
});

const json = { 'content-type': 'application/json' };

async function post(path: string, body: object, agent?: Agent, token?: string): Promise<Response> {
  const { answer } = await send(new URL(path, server().url), {
    method: 'POST',
    headers: { ...json, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    ...(agent && { agent }),
  });
  return answer;
}

/** Listens to the stream until the test ends. */
async function listen(headers: Record<string, string> = {}): Promise<() => string> {
  const listener = new AbortController();
  onTestFinished(() => listener.abort());
  const answer = await server().fetch('/stream', { headers, signal: listener.signal });
  let received = '';
  const read = async () => {
    for await (const bytes of answer.body ?? []) received += Buffer.from(bytes).toString();
  };
  void read().catch(() => {}); // it was aborted
  await until('hello', () => received.includes('event: hello'));
  return () => received;
}

describe('the stream', () => {
  test('and /search show tickets again soon after the time of their hold, while nobody buys', async () => {
    const received = await listen();
    await untilSalesAreHeard(server(), 'gala', received);
    const answer = await post('/holds', { eventId: 'held', customer: 'Ada', quantity: 5 });
    const { expiresAt } = (await answer.json()) as NewHold;
    expect(answer.status).toBe(201);
    await until('the hold is in the stream', () => received().includes('"held":95'));
    await until('its end is in the stream', () => received().includes('"held":100'));
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
    expect(await server().remaining('held')).toBe(100);
    // One commit, however many workers look.
    const { version } = server().state();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(server().state().version).toBe(version);
  });

  test('numbers its events by version, and sends all counts to one who reconnects', async () => {
    expect((await server().buy({ eventId: 'gala', customer: 'Ada' })).status).toBe(201);
    const { version, events } = server().state();
    const received = await listen({ 'last-event-id': String(version - 1) });
    // Before them, it may get what has just changed.
    const ids = Object.keys(events);
    await until('all counts', () => ids.every((each) => received().includes(`"${each}":`)));
    const all = [...received().matchAll(/event: counts\nid: (\d+)\ndata: (.*)\n/g)];
    const [, id, data = ''] = all.at(-1) ?? [];
    expect(Number(id)).toBeGreaterThanOrEqual(version);
    const { remaining } = JSON.parse(data);
    expect(Object.keys(remaining).sort()).toEqual(Object.keys(events).sort());
    expect(remaining.gala).toBe(events.gala?.remaining);
    // A client that connects for the first time reads /search instead.
    const fresh = await listen();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(fresh()).not.toContain('event: counts');
  });

  test('tells when a sale begins', async () => {
    const received = await listen();
    const { remaining: _r, issued: _i, revision: _v, ...details } = anEvent(9);
    const save = (salesFrom: string, condition: Record<string, string>) =>
      server().fetch('/events/opens', {
        method: 'PUT',
        headers: { ...json, ...condition },
        body: JSON.stringify({ ...details, salesFrom }),
      });
    await untilSalesAreHeard(server(), 'gala', received);
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    expect((await save(inAnHour, { 'if-none-match': '*' })).status).toBe(201);
    expect((await server().buy({ eventId: 'opens', customer: 'Ada' })).status).toBe(409);
    await until('the event is in the stream', () => received().includes('"opens":9'));
    expect(received()).not.toContain('event: sales');
    const salesFrom = new Date(Date.now() + 2_000).toISOString();
    expect((await save(salesFrom, { 'if-match': '"1"' })).status).toBe(200);
    await until('the sale begins', () => received().includes('event: sales'));
    expect(received()).toContain('{"open":["opens"],"closed":[]}');
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(salesFrom));
    expect((await server().buy({ eventId: 'opens', customer: 'Ada' })).status).toBe(201);
  });

  test('is found at its address of before', async () => {
    const answer = await server().fetch('/events', { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([308, '/stream']);
  });
});

test('a door is paired with one worker, and its ticket is known to both', async () => {
  const both = await connectToBoth(server(), 'gala');
  agents.push(...both.agents.values());
  const [first, second] = both.agents.values();
  const read = async (path: string, agent: Agent | undefined) => {
    const { answer } = await send(new URL(path, server().url), agent ? { agent } : {});
    return answer.json() as Promise<Record<string, unknown>>;
  };
  const { code } = (await read('/doors/code', first)) as { code: string };
  const paired = await post('/doors', { name: 'north', code }, second);
  const { token } = (await paired.json()) as { token: string };
  expect(paired.status).toBe(201);

  const [{ orderId } = {} as Sale] = both.sales;
  const order = (await read(`/orders/${orderId}`, second)) as unknown as OrderDetails;
  const again = (await read(`/orders/${orderId}`, first)) as unknown as OrderDetails;
  expect(again.tickets).toEqual(order.tickets);
  const [ticket] = order.tickets;

  // Two doors at once, at both workers.
  const admit = (agent: Agent | undefined) =>
    post('/admissions', { code: ticket?.code }, agent, token);
  const answers = await Promise.all([admit(first), admit(second), admit(first), admit(second)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  const [admittedAt] = ((await read(`/orders/${orderId}`, first)) as unknown as OrderDetails)
    .tickets;
  expect(admittedAt?.admittedAt).toBeDefined();
});

test('/metrics has the remaining tickets of coming events, and how long requests took', async () => {
  const { answer } = await send(new URL('/metrics', server().url));
  const text = await answer.text();
  const remaining = await server().remaining('gala');
  expect(text).toContain(`turnstile_tickets_remaining{event="gala"} ${remaining}\n`);
  expect(text).toMatch(
    /turnstile_request_duration_seconds_bucket\{le="\+Inf",route="GET \/workers"\} [1-9]/,
  );
  expect(text).toMatch(/turnstile_request_duration_seconds_count\{route="GET \/workers"\} [1-9]/);
});
