/**
 * A signal this soon after the first is its echo: on Ctrl-C a terminal signals every process of the
 * group, and npm passes the signal on to its child again.
 */
const ECHO_MS = 300;

/** Handles SIGINT, SIGTERM and SIGHUP: the first requests a graceful stop, a second one forces it. */
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
 * Makes a write beyond the file-size limit (`ulimit -f`) fail like one on a full disk. By default the
 * signal that comes with it ends the process.
 */
export function ignoreFileSizeSignal(): void {
  if (process.platform !== 'win32') process.on('SIGXFSZ', () => {});
}
