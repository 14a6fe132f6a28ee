/** How often a worker says that it lives. */
export const HEARTBEAT_MS = 500;

/** How long a worker may take until it listens; a busy machine needs seconds. */
export const START_MS = 30_000;

/**
 * How long a closing worker goes on selling what it accepted; what is left then gets 503. With 8 s,
 * 1.5 before its end, a busy machine was seen to end it before it had told everybody.
 */
export const DRAIN_MS = 7_000;

/** How long a closing worker keeps idle connections: a request may be on its way on them. */
export const LINGER_MS = 250;

/** When a primary that closes ends the workers that are still there. */
export const CLOSE_MS = 9_500;

/** Pause before a worker is started again: doubled each time, from the first to the last. */
export const RESTART_MS = { first: 100, last: 10_000 };

/** A worker that lived this long is not in a crash loop. */
export const STEADY_MS = 10_000;

/** So many starts in a row without one worker that listens, and the primary gives up. */
export const FAILED_STARTS_MAX = 6;
