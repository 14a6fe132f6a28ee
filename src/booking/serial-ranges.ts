/** Ticket numbers as ranges, both ends included: ascending, disjoint and never adjacent. */
export type SerialRanges = readonly (readonly [first: number, last: number])[];

/** Whether a ticket is in one of the ranges. */
export function includesSerial(ranges: SerialRanges, serial: number): boolean {
  const range = ranges[indexAfter(ranges, serial) - 1];
  return range !== undefined && serial <= range[1];
}

/** The ranges together with the tickets from `first` to `last`. */
export function withSerials(ranges: SerialRanges, first: number, last: number): SerialRanges {
  // Those that overlap the new range or touch it become one with it.
  const begin = indexWhere(ranges, ([, end]) => end >= first - 1);
  const end = indexWhere(ranges, ([start]) => start > last + 1);
  const joined: [number, number] = [
    Math.min(first, ranges[begin]?.[0] ?? first),
    Math.max(last, ranges[end - 1]?.[1] ?? last),
  ];
  if (begin >= end) return ranges.toSpliced(begin, 0, [first, last]);
  return ranges.toSpliced(begin, end - begin, joined);
}

/** How many tickets the ranges contain. */
export const countSerials = (ranges: SerialRanges): number =>
  ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/** Consecutive ticket numbers, from `first`. */
export function serialsFrom(first: number, quantity: number): number[] {
  const serials: number[] = [];
  for (let serial = first; serial < first + quantity; serial++) serials.push(serial);
  return serials;
}

/** How many ranges begin at or before a serial. */
const indexAfter = (ranges: SerialRanges, serial: number): number =>
  indexWhere(ranges, ([first]) => first > serial);

/** The first index at which a predicate holds that holds for all later ranges too. */
function indexWhere(
  ranges: SerialRanges,
  holds: (range: readonly [number, number]) => boolean,
): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(ranges[middle] as readonly [number, number])) high = middle;
    else low = middle + 1;
  }
  return low;
}
