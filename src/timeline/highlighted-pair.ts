import type { Batch, Highlight, Lane, Run } from './report.js';
import type { Setting } from './setting.js';

/** The part of a run that a timeline shows. */
export type TimelineRun = Pick<Run, 'lanes' | 'highlight' | 'verb'> & {
  readonly setting: Pick<Setting, 'store' | 'lockMode' | 'capacity'>;
};

/** A batch and the lane of its process. */
export interface PairSide {
  readonly lane: Lane;
  readonly batch: Batch;
}

/** The two batches that explain a run; see `Highlight`. */
export interface HighlightedPair {
  readonly kind: Highlight['kind'];
  readonly first: PairSide;
  readonly second: PairSide;
}

/** Finds the two batches; `undefined` if no two had to do with each other. */
export function findHighlightedPair({
  lanes,
  highlight,
}: TimelineRun): HighlightedPair | undefined {
  if (highlight === undefined) return undefined;
  const first = findSide(lanes, highlight.first);
  const second = findSide(lanes, highlight.second);
  return first && second && { kind: highlight.kind, first, second };
}

function findSide(lanes: readonly Lane[], batchId: string): PairSide | undefined {
  for (const lane of lanes) {
    const batch = lane.batches.find(({ id }) => id === batchId);
    if (batch !== undefined) return { lane, batch };
  }
  return undefined;
}

/** The two reads and the two writes of a highlighted pair. */
export type KeyStep = 'firstRead' | 'secondRead' | 'firstWrite' | 'secondWrite';

/** What one of them read or wrote. */
export interface KeyState {
  readonly step: KeyStep;
  readonly batch: Batch;
  readonly verb: 'read' | 'wrote';
  readonly at: number;
  readonly version: number;
  readonly remaining?: number | undefined;
  /** It was overwritten, or does not count. */
  readonly lost: boolean;
}

/** The reads and writes that explain a pair, in the order in which they are named. */
export function keyStates({ kind, first, second }: HighlightedPair): KeyState[] {
  const own = (step: KeyStep, { batch }: PairSide, verb: KeyState['verb']): KeyState[] => {
    const state = batch[verb];
    const lost = kind === 'lostUpdate' && step === 'firstWrite';
    return state === undefined ? [] : [{ ...state, step, batch, verb, lost }];
  };
  return [
    ...own('firstRead', first, 'read'),
    ...(kind === 'overtaken' ? overtakenAttempt(second.batch) : own('secondRead', second, 'read')),
    ...own('firstWrite', first, 'wrote'),
    ...(kind === 'overtaken' ? [] : own('secondWrite', second, 'wrote')),
  ];
}

/** What the attempt that did not count read and wrote; the batch itself has those of its last one. */
function overtakenAttempt(batch: Batch): KeyState[] {
  const write = batch.spans.findIndex(({ kind, overtaken }) => kind === 'writing' && overtaken);
  const read = batch.spans.slice(0, Math.max(0, write)).findLast(({ kind }) => kind === 'reading');
  const state = (
    step: KeyStep,
    verb: KeyState['verb'],
    span: Batch['spans'][number] | undefined,
  ): KeyState[] =>
    span?.version === undefined
      ? []
      : [
          {
            step,
            batch,
            verb,
            at: span.end,
            version: span.version,
            remaining: span.remaining,
            lost: verb === 'wrote',
          },
        ];
  return [
    ...state('secondRead', 'read', read),
    ...state('secondWrite', 'wrote', batch.spans[write]),
  ];
}
