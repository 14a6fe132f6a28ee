import { afterAll, beforeAll, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { LOST_MS } from '../support/load.js';
import { until } from '../support/processes.js';
import { kill, TestServer } from '../support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start({
    events: { big: anEvent(1_000_000) },
    env: { WORKERS: '2', HEARTBEAT_TIMEOUT_MS: '120000' },
  });
});
afterAll(() => server.dispose());

/** Every counter, and every count and sum of a histogram, by name and labels; gauges may be called total, too. */
async function counters(): Promise<Map<string, number>> {
  const signal = AbortSignal.timeout(LOST_MS);
  const text = await (await server.fetch('/metrics', { signal })).text();
  const types = [...text.matchAll(/^# TYPE (\S+) (?:counter|histogram)$/gm)];
  const names = new Set(types.map(([, name]) => name));
  const lines = [...text.matchAll(/^((\S+?)(?:\{.*\})?) (\S+)$/gm)].filter(
    ([, , name = '']) => names.has(name) || names.has(name.replace(/_(bucket|sum|count)$/, '')),
  );
  return new Map(lines.map(([, name = '', , value]) => [name, Number(value)]));
}

const sold = 'turnstile_buys_total{outcome="sold"}';

/** Sells with every worker, and waits until it is counted. */
async function sell(buys: number): Promise<void> {
  const before = (await counters()).get(sold) ?? 0;
  const workers = new Set<number>();
  for (let buyer = 0; buyer < buys; buyer++) {
    const answer = await server.buy(
      { eventId: 'big', customer: 'Ada' },
      { connection: 'close' }, // the next one goes to the other worker
    );
    expect(answer.status).toBe(201);
    workers.add(((await answer.json()) as { worker: number }).worker);
  }
  expect(workers.size).toBe(2);
  const counted = async () => (await counters()).get(sold) === before + buys;
  await until('the sales are counted', counted);
}

/** Fails if a counter is lower than before, or missing. */
function expectNoDecrease(before: Map<string, number>, after: Map<string, number>): void {
  for (const [name, value] of before) {
    expect([name, after.get(name) ?? -1]).toEqual([name, expect.any(Number)]);
    expect(after.get(name) ?? -1, name).toBeGreaterThanOrEqual(value);
  }
}

test('no counter decreases while a worker is killed, and another one stopped', async () => {
  const first = await counters();
  expect(first.get(sold)).toBe(0);
  expect(first.get('turnstile_buys_total{outcome="soldOut"}')).toBe(0);

  await sell(10);
  const before = await counters();
  expect(before.get(sold)).toBe(10);

  const [killed] = await server.workers();
  kill(killed?.pid ?? 0);
  await server.untilAllLive(killed?.pid);
  const afterKill = await counters();
  expect(afterKill.get(sold)).toBe(10);
  expectNoDecrease(before, afterKill);

  await sell(10);
  const beforeStop = await counters();
  expect(beforeStop.get(sold)).toBe(20);

  const stopped = (await server.workers()).at(-1)?.pid ?? 0;
  kill(stopped, 'SIGSTOP');
  try {
    // A connection that is handed to the stopped worker waits; the next one gets the other worker.
    let whileStopped = new Map<string, number>();
    await until('the metrics are answered', async () => {
      whileStopped = await counters().catch(() => whileStopped);
      return whileStopped.size > 0;
    });
    expect(whileStopped.get(sold)).toBe(20);
    expectNoDecrease(beforeStop, whileStopped);
  } finally {
    kill(stopped, 'SIGCONT');
  }
  const atEnd = await counters();
  expect(atEnd.get(sold)).toBe(20);
});
