import type { Rung } from '../../timeline/lab-catalogue.js';
import type { LabVerdict, Run } from '../../timeline/report.js';
import { type Thumbnail, thumbnailOf } from '../../timeline/thumbnail.js';

/** The result of a run of a rung. */
export interface Score {
  readonly rung: number;
  readonly ruling: LabVerdict['ruling'];
  readonly sold: number;
  readonly capacity: number;
  readonly salesPerSecond: number;
  /** Missing of a result that an earlier version of the page kept. */
  readonly thumbnail?: Thumbnail;
}

/** How exact the picture of a run is. */
const PLACES = 240;

/** The result of a run, if it was one of a rung as the ladder has it: others cannot be compared. */
export function scoreOf(run: Run, rungs: readonly Rung[]): Score | undefined {
  const { rung, setting, figures, verdict } = run;
  const own = rungs.find((each) => each.rung === rung)?.setting;
  if (rung === undefined || own === undefined) return undefined;
  for (const name of ['buyers', 'capacity', 'quantity', 'workers', 'windowMs'] as const) {
    if (setting[name] !== own[name]) return undefined;
  }
  const { toldSold: sold, capacity, seconds } = figures;
  const salesPerSecond = seconds > 0 ? Math.round(sold / seconds) : 0;
  const thumbnail = thumbnailOf(run, PLACES);
  return { rung, ruling: verdict.ruling, sold, capacity, salesPerSecond, thumbnail };
}

const KEY = 'turnstile-ladder';

/** The last result of each rung, kept in this browser: at most one for each. */
export class Scores {
  readonly #scores = new Map<number, Score>();

  constructor() {
    try {
      for (const score of JSON.parse(localStorage.getItem(KEY) ?? '[]') as Score[]) {
        this.#scores.set(score.rung, score);
      }
    } catch {
      // The storage is closed, or was written by another version: the board starts empty.
    }
  }

  of(rung: number): Score | undefined {
    return this.#scores.get(rung);
  }

  set(score: Score): void {
    this.#scores.set(score.rung, score);
    try {
      localStorage.setItem(KEY, JSON.stringify([...this.#scores.values()]));
    } catch {
      // It is shown until the page is closed.
    }
  }
}
