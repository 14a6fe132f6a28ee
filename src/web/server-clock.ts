/** A smaller difference is that of the answer's way, and of a time in whole seconds. */
const DIFFERENCE_MS_MIN = 2_000;

let aheadMs = 0;

/** Learns the server's time from the `Date` of an answer: the clock of a phone may be minutes off. */
export function noteServerTime(date: string | null): void {
  const differenceMs = Date.parse(date ?? '') - Date.now();
  if (Number.isNaN(differenceMs)) return;
  aheadMs = Math.abs(differenceMs) < DIFFERENCE_MS_MIN ? 0 : differenceMs;
}

/** What the server's clock shows, in milliseconds since 1970. */
export const serverNow = (): number => Date.now() + aheadMs;
