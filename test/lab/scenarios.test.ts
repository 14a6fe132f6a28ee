import { describe, expect, test } from 'vitest';
import { scenarios } from '../../src/lab/scenarios.js';
import type { Figures } from '../../src/timeline/report.js';
import { inNearlyAll, playOut } from './play-out.js';

/** Of what hangs on how the processes happen to meet: one run in a hundred is out of the ordinary. */
const inMost = (figures: readonly Figures[], isSo: (one: Figures) => boolean): void => {
  expect(figures.filter(isSo).length).toBeGreaterThan(figures.length / 2);
};

describe('a scenario teaches', { timeout: 120_000 }, () => {
  test('hundred-minus-ten: the file says more than ninety, and with a lock ninety', async () => {
    const [off, lock] = (await playOut('hundred-minus-ten')) as [Figures[], Figures[]];
    inNearlyAll(off, ({ remaining, toldSold }) => remaining > 90 && toldSold === 10);
    expect(new Set(lock.map(({ remaining }) => remaining))).toEqual(new Set([90]));
  });

  test('memory-is-not-shared: one mutex is enough for one worker, and not for two', async () => {
    await playOut('memory-is-not-shared');
  });

  test('buyer-or-crowd: both are right, and a crowd takes a fraction of the turns', async () => {
    const [one, crowd] = (await playOut('buyer-or-crowd')) as [Figures[], Figures[]];
    const fewest = Math.min(...one.map(({ batches }) => batches));
    expect(fewest).toBeGreaterThanOrEqual(60);
    inMost(crowd, ({ batches }) => batches < fewest / 4);
  });

  test('overtaken-while-polling: both are right, and who polls is overtaken', async () => {
    const [polling] = (await playOut('overtaken-while-polling')) as [Figures[], Figures[]];
    inMost(polling, ({ overtakings }) => overtakings > 0);
  });

  test('ledger-without-a-lock: lines are written in vain, and all is right', async () => {
    const [off] = (await playOut('ledger-without-a-lock')) as [Figures[]];
    inMost(off, ({ skipped }) => skipped > 0);
    expect(off.filter(({ duplicates }) => duplicates > 0)).toEqual([]);
  });
});

test('every scenario has a test of what it teaches', () => {
  expect(scenarios.map(({ name }) => name).sort()).toEqual([
    'buyer-or-crowd',
    'holder-killed', // in disturbed.test.ts
    'hundred-minus-ten',
    'lease-stolen', // in disturbed.test.ts
    'ledger-without-a-lock',
    'memory-is-not-shared',
    'overtaken-while-polling',
    'three-tickets', // in alone/three-tickets.test.ts
  ]);
});
