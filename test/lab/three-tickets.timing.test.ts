import { expect, test } from 'vitest';
import type { Figures } from '../../src/timeline/report.js';
import { expectInNearlyAll, runScenario } from './scenario-runs.js';

// Only ten buyers: on a busy machine they arrive so far apart that the processes do not contend.
test('three-tickets: without a lock more than three tickets are sold, with a lock exactly three', async () => {
  const [off, lock] = (await runScenario('three-tickets')) as [Figures[], Figures[]];
  expectInNearlyAll(off, ({ toldSold }) => toldSold > 3);
  expect(new Set(lock.map(({ toldSold }) => toldSold))).toEqual(new Set([3]));
});
