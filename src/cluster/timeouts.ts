/** How often a worker sends a heartbeat. */
export const HEARTBEAT_MS = 500;

/** How often a worker looks for holds whose time is over. */
export const EXPIRY_MS = 400;

/** How long the primary waits until a worker has looked; then it asks the next one. */
export const EXPIRY_ANSWER_MS = 5_000;
/** A worker that sent no heartbeat for this long is shown as silent. (It is killed much later.) */
export const SILENT_MS = 3 * HEARTBEAT_MS;

/** How often the primary opens a connection for each worker, to see that they take connections. */
export const PROBE_MS = 5_000;

/** How long a probe waits until its connection is open. */
export const PROBE_TIMEOUT_MS = 2_000;

/** A worker that took no connection during this many probes is replaced. */
export const MISSED_PROBES_MAX = 3;

/** How long a worker waits for an answer of its primary. */
export const PRIMARY_ANSWER_MS = 2_000;

/**
 * The same for an answer of the lab, which comes after less than two seconds. It is longer, because a
 * stepped run whose id reached no client keeps the lab busy until it ends by itself.
 */
export const LAB_ANSWER_MS = 10_000;

/** How long a primary waits for the metrics of a worker. */
export const WORKER_ANSWER_MS = 1_000;

/** How long a worker may take until it listens; on a busy machine it needs seconds. */
export const START_MS = 30_000;

/**
 * How long `/readyz` answers 503 before a server that got SIGTERM stops listening: a load balancer that
 * checks every second, and then once more, has taken it out by then.
 */
export const ANNOUNCE_MS = 1_500;

/** How long a draining worker sells what it accepted; the rest is then rejected with 503. */
export const DRAIN_MS = 7_000;

/** How long a draining worker keeps idle connections, on which a request may be on its way. */
export const KEEP_IDLE_CONNECTIONS_MS = 250;

/** How long a closing primary waits for deliveries that are under way. */
export const OUTBOX_DRAIN_MS = 5_000;

/** When a closing primary kills the workers that are still running. */
export const CLOSE_MS = 9_500;

/** The pause before a worker is started again: doubled each time, from the first to the last. */
export const RESTART_MS = { first: 100, last: 10_000 };

/** A worker that ran this long is not in a crash loop. */
export const STEADY_MS = 10_000;

/** After this many failed starts in a row, without one worker that listens, the primary gives up. */
export const FAILED_STARTS_MAX = 6;
