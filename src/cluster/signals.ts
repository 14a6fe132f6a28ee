/**
 * A signal this soon after the first is its echo: on Ctrl-C a terminal signals every process of the
 * group, and npm passes the signal on to its child once more.
 */
const ECHO_MS = 300;

/** Handles SIGINT, SIGTERM and SIGHUP (a terminal that is closed): the first one asks for an end, another one wants it at once. */
export function onStopSignal(handle: { first: () => void; second: () => void }): void {
  let firstAt: number | undefined;
  const onSignal = () => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      handle.first();
    } else if (now - firstAt > ECHO_MS) {
      handle.second();
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);
}

/**
 * A write beyond the limit on the size of files (`ulimit -f`) is refused like one on a full disk. By
 * default it ends the process, too: every batch would end a worker.
 */
export function ignoreFileSizeSignal(): void {
  if (process.platform !== 'win32') process.on('SIGXFSZ', () => {});
}
