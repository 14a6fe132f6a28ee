import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { Load } from '../support/load.js';
import { kill, TestServer } from '../support/office.js';
import { until } from '../support/processes.js';
import { aRound } from '../torture/a-round.js';
import { exact, killAtSteps } from '../torture/rows/killed-at-every-step.js';

/** Of a dozen and more; `npm run torture` has all of them. */
const DEATHS = 2;

/** Sells under load in a broken office, kills a worker, and goes on until it is seen what is broken. */
async function sellAndKill(program: string, isSeen: (office: TestServer, load: Load) => unknown) {
  const office = await TestServer.startForTest({
    program,
    events: { big: anEvent(1_000_000) },
    env: { WORKERS: '2', LOCK_STALE_MS: '2000' },
  });
  const load = new Load(office.url, 'big', 16);
  await sleep(200);
  kill((await office.workers())[0]?.pid ?? 0);
  await until('it is seen', async () => Boolean(await isSeen(office, load)));
  await load.stop();
}

describe('kill -9 of a worker under load', () => {
  test.each(exact)('$store, $mode: every 201 is there, nothing is sold twice', async (each) => {
    const { sold } = await killAtSteps(aRound(), each, DEATHS);
    expect(sold).toBeGreaterThan(100);
  });

  test('a lock that lets everyone in sells tickets twice', async () => {
    await sellAndKill('test/programs/unlocked-office', async (office) => {
      return (await office.verdict()).verdict === 'broken';
    });
  });

  test('an office that answers before it notes leaves answers without a receipt', async () => {
    await sellAndKill('test/programs/forgetful-office', (office, load) => {
      const sold = load.sold;
      const noted = new Set(office.receipts().map(({ orderId }) => orderId));
      return sold.some(({ orderId }) => !noted.has(orderId ?? ''));
    });
  });
});
