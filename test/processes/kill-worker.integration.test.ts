import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { LOST_MS, Load } from '../support/load.js';
import { until } from '../support/processes.js';
import { kill, TestServer } from '../support/test-server.js';
import { exact, killAtSteps } from '../torture/faults/killed-at-every-step.js';
import { testRound } from '../torture/round.js';

/** Out of more than a dozen steps; `npm run torture` covers all of them. */
const KILLS = 2;

/** Kills a worker of a server without a guard under load, and waits until the damage is visible. */
async function killUnderLoad(
  program: string,
  isVisible: (server: TestServer, load: Load) => unknown,
) {
  const server = await TestServer.startForTest({
    program,
    events: { big: anEvent(1_000_000) },
    env: { WORKERS: '2', LOCK_STALE_MS: '2000' },
  });
  const load = new Load(server.url, 'big', 16, { answerMs: LOST_MS });
  await until('tickets are sold', () => load.sold.length > 0);
  kill((await server.workers())[0]?.pid ?? 0);
  await until('the damage is visible', async () => Boolean(await isVisible(server, load)));
  await load.stop();
}

describe('kill -9 of a worker under load', () => {
  test.each(exact)('$store, $mode: every 201 is on record, nothing is sold twice', async (each) => {
    const { sold } = await killAtSteps(testRound(), each, KILLS);
    expect(sold).toBeGreaterThan(100);
  });

  test('negative control: without a lock, tickets are sold twice', async () => {
    await killUnderLoad('test/programs/without-lock', async (server) => {
      return (await server.verdict()).verdict === 'broken';
    });
  });

  test('negative control: an answer before its receipt leaves a 201 without a receipt', async () => {
    await killUnderLoad('test/programs/answer-before-receipt', (server, load) => {
      const recorded = new Set(server.receipts().map(({ orderId }) => orderId));
      return load.sold.some(({ orderId }) => !recorded.has(orderId ?? ''));
    });
  });
});
