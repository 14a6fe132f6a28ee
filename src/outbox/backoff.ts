/** How long a message that failed is tried again, before it is parked. */
export interface RetryLimits {
  readonly triesMax: number;
  /** Counted from its commit. */
  readonly ageMaxMs: number;
}

/** The pause after a failure doubles from the first to the last. */
const PAUSE_MS = { first: 100, last: 60_000 };

/** A receiver may ask for more patience than that; it is asked again then. */
const RETRY_AFTER_MS_MAX = 3_600_000;

/**
 * How long to wait after a failed delivery, in milliseconds. Half of it is random: after an outage, the
 * messages of all events must not come at the same moment.
 *
 * @param tries how often the message failed, at least once
 * @param retryAfterMs what the receiver asked for
 * @param random from 0 to 1
 */
export function pauseMs(
  tries: number,
  retryAfterMs = 0,
  random: () => number = Math.random,
): number {
  const longest = Math.min(PAUSE_MS.last, PAUSE_MS.first * 2 ** Math.min(tries - 1, 30));
  const pause = longest * (0.5 + random() / 2);
  return Math.max(pause, Math.min(retryAfterMs, RETRY_AFTER_MS_MAX));
}

/**
 * Whether a message that just failed is tried no more. One that is older than the bound is tried once at
 * least: the webhook may have been switched off meanwhile.
 */
export const isExhausted = (
  { triesMax, ageMaxMs }: RetryLimits,
  tries: number,
  at: string,
  now: number,
): boolean => tries >= triesMax || now - Date.parse(at) > ageMaxMs;
