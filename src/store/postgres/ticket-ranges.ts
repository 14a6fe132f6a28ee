/** Ascending, disjoint ranges of serials, both ends included. */
export type Ranges = [first: number, last: number][];

/** Joins ranges of serials in any order. */
export function rangesOf(
  serials: readonly { readonly first: number; readonly last: number }[],
): Ranges {
  const joined: Ranges = [];
  for (const { first, last } of serials.toSorted((a, b) => a.first - b.first)) {
    const previous = joined.at(-1);
    if (previous === undefined || first > previous[1] + 1) joined.push([first, last]);
    else previous[1] = Math.max(previous[1], last);
  }
  return joined;
}
