import { buildTimeline } from '../../src/lab/build-timeline.js';
import { findHighlight } from '../../src/lab/highlight.js';
import { planOf } from '../../src/lab/plan.js';
import { nameProcesses } from '../../src/lab/process-names.js';
import { buildStory } from '../../src/lab/story.js';
import type { Run } from '../../src/timeline/report.js';
import { batchSteps, completeBatch, sold } from '../lab/trace-steps.js';
import { exampleRun } from './example-run.js';

const { lanes: unnamed, endMs } = buildTimeline(
  [
    ...completeBatch(7, 1, 0, 0, 99),
    ...batchSteps(
      8,
      1,
      {
        lockWanted: 5,
        lockHeld: 71,
        loaded: 75,
        decided: 80,
        replaced: 85,
        lockReleased: 90,
        answered: 95,
      },
      { read: 1, wrote: 2, results: sold(2, 98) },
    ),
  ],
  { version: 0, remaining: 100 },
  true,
);
const highlight = findHighlight(unnamed, undefined);
const lanes = nameProcesses(unnamed, highlight);
const [plan] = planOf({ rung: 4, buyers: 4 });
if (plan === undefined || highlight === undefined) throw new Error('the run must have a pair');
const { setting } = plan;
const { events, cause } = buildStory({
  lanes,
  lostUpdate: undefined,
  highlight,
  setting,
  fault: undefined,
});
const { lostUpdate: _, ...rest } = exampleRun;

/** A handmade run of rung 4: one process waits while the other holds the lock. */
export const holdingRun: Run = {
  ...rest,
  title: plan.title,
  rung: 4,
  setting,
  command: plan.command,
  endMs,
  lanes,
  highlight,
  story: [...events, ...(cause === undefined ? [] : [cause])],
  figures: { ...rest.figures, toldSold: 2, duplicates: 0, lostUpdates: 0 },
  verdict: { ruling: 'holds', because: '2 tickets sold of 100, each of them once' },
};
