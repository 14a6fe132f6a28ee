import type { LevelSummary } from '../../timeline/stepped-run.js';

/** `won`: its goal was reached. `explained`: the learner saw why it cannot be reached. */
export type LevelResult = 'won' | 'explained';

/** The results of this browser, by the key of the level. */
export type Progress = Readonly<Record<string, LevelResult>>;

/** What names a level and its variant. */
export type LevelName = Pick<LevelSummary, 'level' | 'variant'>;

const STORAGE_KEY = 'turnstile.levels';

/** A foreign entry may have any number of members. */
const LEVELS_MAX = 100;

/** `1`, `8-sorted`. */
export const keyOf = ({ level, variant }: LevelName): string =>
  variant === undefined ? String(level) : `${level}-${variant}`;

/** Parses stored results. What is no result (a damaged or foreign entry) is left out. */
export function parseProgress(stored: string | null): Progress {
  try {
    const parsed: unknown = JSON.parse(stored ?? '{}');
    if (typeof parsed !== 'object' || parsed === null) return {};
    const results = Object.entries(parsed).filter(
      ([key, result]) => /^\d+(-[a-z]+)?$/.test(key) && isResult(result),
    );
    return Object.fromEntries(results.slice(0, LEVELS_MAX)) as Progress;
  } catch {
    return {}; // no JSON
  }
}

/** Adds a result. A level that was won stays won. */
export const withResult = (progress: Progress, key: string, result: LevelResult): Progress =>
  progress[key] === 'won' ? progress : { ...progress, [key]: result };

/** The results that this browser remembers. */
export function loadProgress(): Progress {
  try {
    return parseProgress(localStorage.getItem(STORAGE_KEY));
  } catch {
    return {}; // the storage is blocked
  }
}

/** Remembers a result in this browser. */
export function storeResult(level: LevelName, result: LevelResult): void {
  try {
    const progress = withResult(loadProgress(), keyOf(level), result);
    localStorage.setItem(STORAGE_KEY, JSON.stringify(progress));
  } catch {
    // Without storage the level is won all the same, but not remembered.
  }
}

const isResult = (value: unknown): value is LevelResult => value === 'won' || value === 'explained';
