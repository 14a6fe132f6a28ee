import { lanesOf } from '../../src/lab/lanes.js';
import { firstLostUpdate } from '../../src/lab/lost-update.js';
import { planOf } from '../../src/lab/plan.js';
import { tellStory } from '../../src/lab/story.js';
import type { Run } from '../../src/timeline/report.js';
import { aBatch } from './steps-of.js';

const { lanes, endMs } = lanesOf(
  [
    ...aBatch(7, 1, 0, 0, 99),
    ...aBatch(7, 2, 5, 0, 99), // without a lock turns overlap in one process, too
    ...aBatch(8, 1, 7, 0, 99),
    { pid: 8, mark: 'stopped', at: 30 },
    ...aBatch(7, 3, 200, 1, 98),
  ],
  { version: 0, remaining: 100 },
);
const lostUpdate = firstLostUpdate(lanes);
const [plan] = planOf({ rung: 1, buyers: 4 });
if (plan === undefined || lostUpdate === undefined)
  throw new Error('the run is not as it was meant');

/** A run of rung 1, made by hand: two processes, an update that is lost. */
export const aRun: Run = {
  title: plan.title,
  rung: 1,
  setting: plan.setting,
  command: plan.command,
  endMs,
  lanes,
  batchesOmitted: 0,
  lostUpdate,
  story: tellStory({ lanes, lostUpdate }),
  figures: {
    buyers: 4,
    capacity: 100,
    toldSold: 4,
    toldSoldOut: 0,
    unknown: 0,
    remaining: 98,
    oversold: 0,
    duplicates: 2,
    lostUpdates: 2,
    withdrawn: 0,
    skipped: 0,
    seconds: 0.3,
    buysPerSecond: 13,
    batches: 4,
    overtakings: 0,
  },
  verdict: { ruling: 'broken', because: '4 were sold of 100, and the file says that 98 are left' },
};
