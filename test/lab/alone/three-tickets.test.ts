import { expect, test } from 'vitest';
import type { Figures } from '../../../src/timeline/report.js';
import { inNearlyAll, playOut } from '../play-out.js';

// Ten buyers are few: where others keep the processors busy, they come so far apart that they miss
// each other.
test('three-tickets: more than three are told "sold", and with a lock exactly three', async () => {
  const [off, lock] = (await playOut('three-tickets')) as [Figures[], Figures[]];
  inNearlyAll(off, ({ toldSold }) => toldSold > 3);
  expect(new Set(lock.map(({ toldSold }) => toldSold))).toEqual(new Set([3]));
}, 120_000);
