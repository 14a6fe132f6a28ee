import { count } from '../timeline/format.js';
import type { Figures, LabVerdict, Setting } from '../timeline/report.js';
import type { Verdict } from '../verdict/judge.js';
import { isInDatabase, isUnguarded } from './setting.js';

/** What a ruling is made from. */
export interface JudgeRunInput {
  readonly setting: Setting;
  readonly figures: Figures;
  /** The verdict over the evidence of the store, of this run alone. */
  readonly verdict: Verdict;
  /** Whether two processes were ever at it at once. */
  readonly met: boolean;
  /** Steps were not noted, because there were too many. */
  readonly gaps: boolean;
}

/**
 * Rules over an experiment. Pure. It holds only where there was something to withstand: a race that
 * was not seen may be there all the same.
 */
export function judgeRun({ setting, figures, verdict, met, gaps }: JudgeRunInput): LabVerdict {
  const { sold = 0 } = verdict.events[0] ?? {};
  if (verdict.verdict === 'broken')
    return { ruling: 'broken', because: whatIsWrong(setting, figures, sold) };
  if (figures.toldSold > sold) {
    const because = `${figures.toldSold} tickets were told to be sold, and ${sold} were noted`;
    return { ruling: 'broken', because };
  }
  const doubt = whatIsMissing(setting, verdict, met, gaps);
  if (doubt !== undefined) return { ruling: 'inconclusive', because: doubt };
  const because = `${count(sold, 'ticket')} sold of ${setting.capacity}, each of them once`;
  return { ruling: 'holds', because };
}

function whatIsWrong({ store }: Setting, figures: Figures, sold: number): string {
  const { oversold, duplicates, lostUpdates, capacity, remaining } = figures;
  if (oversold > 0) return `${sold} tickets were sold, and there were ${capacity}`;
  if (sold + remaining !== capacity) {
    return `${sold} were sold of ${capacity}, and the ${isInDatabase(store) ? 'database' : 'file'} says that ${remaining} are left`;
  }
  return duplicates > 0
    ? `${count(duplicates, 'ticket')} too many were sold under serials that somebody had`
    : `${count(lostUpdates, 'update')} lost`;
}

function whatIsMissing(
  setting: Setting,
  verdict: Verdict,
  met: boolean,
  gaps: boolean,
): string | undefined {
  if (verdict.verdict === 'inconclusive')
    return 'nothing was sold, or the files would not stand still';
  if (isUnguarded(setting)) {
    return 'no race was seen, which does not make it safe: more buyers, or a window';
  }
  if (gaps) return 'more happened than was noted: fewer buyers';
  if (setting.workers > 1 && !met) {
    return 'the processes never met, so nothing was put to the test: more buyers';
  }
  return undefined;
}
