import type { BuyResult } from '../booking/outcomes.js';
import type { Step, StepName } from '../booking/steps.js';
import type { Mark } from '../timeline/report.js';

/** What a buyer was told, as far as a timeline shows it. */
export type TracedAnswer =
  | { readonly kind: 'sold'; readonly serials: readonly number[]; readonly left: number }
  | { readonly kind: 'soldOut'; readonly left: number };

/** A step of a sale as a process of the sandbox noted it. */
export interface TracedStep {
  readonly pid: number;
  readonly name: StepName;
  readonly batch: number;
  /** Milliseconds on the clock that all processes of this machine share. */
  readonly at: number;
  readonly version?: number;
  /** Buys that were queued, refused or answered. */
  readonly buys?: number;
  readonly results?: readonly TracedAnswer[];
}

/** Something that befell a process. */
export interface TracedMark {
  readonly pid: number;
  readonly mark: Mark['kind'] | 'full';
  readonly at: number;
}

/** What the lines of a trace file are. */
export type Traced = TracedStep | TracedMark;

export const isMark = (traced: Traced): traced is TracedMark => 'mark' in traced;

/** @param at when, on the shared clock */
export function traceStep(pid: number, step: Step, at: number): TracedStep {
  const { name, batch, version, results } = step;
  const buys = step.buys ?? results?.length;
  return {
    pid,
    name,
    batch,
    at,
    ...(version === undefined ? {} : { version }),
    ...(buys === undefined ? {} : { buys }),
    ...(results === undefined ? {} : { results: results.flatMap(answerOf) }),
  };
}

function answerOf(results: BuyResult): TracedAnswer[] {
  switch (results.kind) {
    case 'sold':
      return [{ kind: 'sold', serials: results.serials, left: results.remaining }];
    case 'soldOut':
      return [{ kind: 'soldOut', left: results.remaining }];
    default:
      return [];
  }
}
