/** The median of some numbers, and their extremes. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The median; of an even count, the mean of the two in the middle; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return (low + high) / 2;
}

export function spreadOf(numbers: readonly number[]): Spread {
  return { median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) };
}

/**
 * The ratio of each round. A machine that slows down slows both rows of a round, and their ratio
 * stays; the ratio of two medians would compare one round with another.
 *
 * @throws RangeError when the two have different numbers of rounds
 */
export function pairedRatios(of: readonly number[], to: readonly number[]): number[] {
  if (of.length !== to.length) {
    throw new RangeError(`${of.length} rounds cannot be paired with ${to.length}`);
  }
  return of.map((number, round) => number / (to[round] ?? Number.NaN));
}

/**
 * The order of a round: each item once. Each round starts one item later, and every second one is
 * reversed, so that no row is always first, or always after the same one.
 *
 * @param round counted from 0
 */
export function roundOrder<T>(items: readonly T[], round: number): T[] {
  const first = items.length === 0 ? 0 : round % items.length;
  const rotated = [...items.slice(first), ...items.slice(0, first)];
  return round % 2 === 0 ? rotated : rotated.reverse();
}

/** Samples that must lie beyond a percentile before it is shown. */
const BEYOND_MIN = 10;

/** Whether there are enough samples for a percentile. */
export const supportsPercentile = (samples: number, percentile: number): boolean =>
  samples * (100 - percentile) >= 100 * BEYOND_MIN;
