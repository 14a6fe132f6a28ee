import { type VerbRuling, withLostUpdates } from '../client/verb-results.js';
import { count } from '../timeline/format.js';
import type { Figures, LabVerdict } from '../timeline/report.js';
import type { Setting } from '../timeline/setting.js';
import type { Verdict } from '../verdict/judge.js';
import { isUnguarded } from './experiment-setting.js';
import { describeFinalCount } from './final-count.js';

/** What a run is judged by. */
export interface JudgeRunInput {
  readonly setting: Setting;
  readonly figures: Figures;
  /** The verdict on what the store recorded, for this run alone. */
  readonly verdict: Verdict;
  /** Of clients that raced for another verb than buy: the answers, and what they prove. */
  readonly race?: VerbRuling | undefined;
  /** Whether two processes ever contended for the lock. */
  readonly contention: boolean;
  /** Whether steps are missing from the trace, because there were too many. */
  readonly incomplete: boolean;
}

/**
 * Judges a run. Pure. It holds only if the lock was put to the test: a race that was not observed may
 * still be possible.
 */
export function judgeRun(input: JudgeRunInput): LabVerdict {
  const { setting, figures, verdict, race } = input;
  if (race !== undefined) {
    const { ruling, because } = withLostUpdates(race, verdict.lostUpdates);
    return ruling === 'holds' && isUnguarded(setting)
      ? { ruling: 'inconclusive', because: NO_RACE_SEEN }
      : { ruling, because };
  }
  const { sold = 0 } = verdict.events[0] ?? {};
  if (verdict.verdict === 'broken') {
    return { ruling: 'broken', because: whyBroken(setting, figures, sold) };
  }
  if (figures.toldSold > sold) {
    const because = `${figures.toldSold} tickets were confirmed to buyers, but only ${sold} were recorded`;
    return { ruling: 'broken', because };
  }
  const doubt = whyInconclusive(input);
  if (doubt !== undefined) return { ruling: 'inconclusive', because: doubt };
  const because = `${count(sold, 'ticket')} sold of ${setting.capacity}, each of them once`;
  return { ruling: 'holds', because };
}

/** Why a verdict is broken: one line, without a full stop. */
export function whyBroken(
  setting: Pick<Setting, 'store'>,
  figures: Pick<Figures, 'oversold' | 'duplicates' | 'lostUpdates' | 'capacity' | 'remaining'>,
  sold: number,
): string {
  const { oversold, duplicates, lostUpdates, capacity, remaining } = figures;
  if (oversold > 0) {
    return `${sold} tickets were sold, and there ${capacity === 1 ? 'was' : 'were'} ${capacity}`;
  }
  if (sold + remaining !== capacity) {
    return describeFinalCount(setting, figures, sold);
  }
  return duplicates > 0
    ? `${count(duplicates, 'ticket')} sold under a serial that another buyer has`
    : count(lostUpdates, 'lost update');
}

const NO_RACE_SEEN = 'no race was seen, which does not make it safe: try more buyers, or a window';

function whyInconclusive({
  setting,
  verdict,
  contention,
  incomplete,
}: JudgeRunInput): string | undefined {
  if (verdict.verdict === 'inconclusive') {
    return 'nothing was sold, or the files changed while they were read';
  }
  if (isUnguarded(setting)) {
    return NO_RACE_SEEN;
  }
  if (incomplete) return 'there were too many steps to record: try fewer buyers';
  if (setting.workers > 1 && !contention) {
    return 'the processes never contended for the lock, so it was not tested: try more buyers';
  }
  return undefined;
}
