/** The median; of an even count, the mean of the two in the middle. NaN when there is none. */
export function median(numbers) {
    const sorted = numbers.toSorted((a, b) => a - b);
    const middle = sorted.length / 2;
    const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
    const high = sorted[Math.floor(middle)] ?? Number.NaN;
    return (low + high) / 2;
}
export function spreadOf(numbers) {
    return { median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) };
}
/**
 * The ratio of each round. A machine that slows down slows both rows of a round down, so the ratio
 * of two medians would blame one row for what happened to the machine; this does not.
 *
 * @throws RangeError when the two were not measured in the same number of rounds
 */
export function pairedRatios(of, to) {
    if (of.length !== to.length) {
        throw new RangeError(`${of.length} rounds cannot be paired with ${to.length}`);
    }
    return of.map((number, round) => number / (to[round] ?? Number.NaN));
}
/**
 * The order of a round: everyone once. Each round begins one further on, and every second one runs
 * backwards, so that no row always comes first, or always after the same one.
 *
 * @param round counted from 0
 */
export function orderOf(items, round) {
    const first = items.length === 0 ? 0 : round % items.length;
    const rotated = [...items.slice(first), ...items.slice(0, first)];
    return round % 2 === 0 ? rotated : rotated.reverse();
}
/** How many samples must lie beyond a percentile before it says anything. */
const BEYOND_MIN = 10;
/** Whether so many samples are enough for a percentile. */
export const supports = (samples, percentile) => samples * (100 - percentile) >= 100 * BEYOND_MIN;
//# sourceMappingURL=figures.js.map