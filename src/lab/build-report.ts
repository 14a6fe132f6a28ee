import type { BuyerResult } from '../client/buyers.js';
import type { VerbRaceResult } from '../client/races/race.js';
import type { Batch, Lane, Run } from '../timeline/report.js';
import type { Verdict } from '../verdict/judge.js';
import type { Timeline } from './build-timeline.js';
import { hadContention } from './contention.js';
import { figuresOf } from './figures.js';
import { describeFinalCount } from './final-count.js';
import { findHighlight } from './highlight.js';
import { judgeRun } from './judge-run.js';
import { firstLostUpdate } from './lost-update.js';
import type { Plan } from './plan.js';
import { nameProcesses } from './process-names.js';
import { buildStory } from './story.js';

/** The most batches in a report; a picture with more shows nothing. */
const BATCHES_MAX = 1_000;

/** Builds the report of a run. Pure. */
export function buildReport(
  plan: Plan,
  { results, race }: { results: readonly BuyerResult[]; race?: VerbRaceResult | undefined },
  timeline: Timeline,
  verdict: Verdict,
): Run {
  const { setting, injectedFault, expect: _expect, ...titles } = plan;
  const figures = figuresOf(setting, results, verdict, timeline);
  const lostUpdate = firstLostUpdate(timeline.lanes);
  const contention = hadContention(timeline.lanes);
  const { sold = 0 } = verdict.events[0] ?? {};
  const incomplete = timeline.incomplete;
  const judged = judgeRun({ race, setting, figures, verdict, contention, incomplete });
  const end = race === undefined ? describeFinalCount(setting, figures, sold) : judged.because;
  const highlight = findHighlight(timeline.lanes, lostUpdate);
  const named = nameProcesses(timeline.lanes, highlight);
  const { events, cause } = buildStory({
    lanes: named,
    lostUpdate,
    highlight,
    setting,
    fault: injectedFault,
    verb: plan.verb,
  });
  const story = [
    ...events,
    { text: `In the end ${end}`, at: timeline.endMs },
    ...(cause === undefined ? [] : [cause]),
  ];
  const storyBatches = new Set(story.map(({ batchId }) => batchId));
  const { lanes, omitted } = limitBatches(named, ({ id }) => storyBatches.has(id));
  return {
    ...titles,
    setting,
    ...(injectedFault === undefined ? {} : { disturbance: injectedFault }),
    endMs: timeline.endMs,
    lanes,
    batchesOmitted: omitted,
    ...(lostUpdate === undefined ? {} : { lostUpdate }),
    ...(highlight === undefined ? {} : { highlight }),
    story,
    figures,
    ...(race === undefined ? {} : { answers: race.rows.map(toAnswer) }),
    verdict: judged,
  };
}

const toAnswer = ([name, value]: VerbRaceResult['rows'][number]) => ({
  name,
  value: String(value),
});

/** Keeps the first batches, and those that are required. */
function limitBatches(lanes: readonly Lane[], isRequired: (batch: Batch) => boolean) {
  const all = lanes.flatMap(({ batches }) => batches).sort((a, b) => a.start - b.start);
  const kept = new Set(all.filter((batch, index) => index < BATCHES_MAX || isRequired(batch)));
  const limited = lanes.map((lane) => ({
    ...lane,
    batches: lane.batches.filter((batch) => kept.has(batch)),
  }));
  return { lanes: limited, omitted: all.length - kept.size };
}
