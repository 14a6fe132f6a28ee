import { buildTimeline } from '../../src/lab/build-timeline.js';
import { findHighlight } from '../../src/lab/highlight.js';
import { firstLostUpdate } from '../../src/lab/lost-update.js';
import { planOf } from '../../src/lab/plan.js';
import { nameProcesses } from '../../src/lab/process-names.js';
import { buildStory } from '../../src/lab/story.js';
import type { Run } from '../../src/timeline/report.js';
import { completeBatch } from '../lab/trace-steps.js';

const { lanes: unnamed, endMs } = buildTimeline(
  [
    ...completeBatch(7, 1, 0, 0, 99),
    ...completeBatch(7, 2, 5, 0, 99), // without a lock, batches of one process overlap too
    ...completeBatch(8, 1, 7, 0, 99),
    { pid: 8, mark: 'stopped', at: 30 },
    ...completeBatch(7, 3, 200, 1, 98),
  ],
  { version: 0, remaining: 100 },
  true,
);
const lostUpdate = firstLostUpdate(unnamed);
const highlight = findHighlight(unnamed, lostUpdate);
const lanes = nameProcesses(unnamed, highlight);
const [plan] = planOf({ rung: 1, buyers: 4 });
if (plan === undefined || lostUpdate === undefined || highlight === undefined)
  throw new Error('the example has no lost update');

const { events, cause } = buildStory({
  lanes,
  lostUpdate,
  highlight,
  setting: plan.setting,
  fault: undefined,
});

/** A handmade run of rung 1: two processes, and a lost update. */
export const exampleRun: Run = {
  title: plan.title,
  rung: 1,
  setting: plan.setting,
  command: plan.command,
  endMs,
  lanes,
  batchesOmitted: 0,
  lostUpdate,
  highlight,
  story: [...events, ...(cause === undefined ? [] : [cause])],
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
  verdict: {
    ruling: 'broken',
    because: 'the file has 98 left instead of 96, which is 100 − 4 sold',
  },
};
