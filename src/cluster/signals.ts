import { isatty } from 'node:tty';
import { ANNOUNCE_MS } from './timeouts.js';

/**
 * A signal this soon after the first is its echo: on Ctrl-C a terminal signals every process of the
 * group, and npm passes the signal on to its child again.
 */
const ECHO_MS = 300;

type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/**
 * Handles SIGINT, SIGTERM and SIGHUP: the first requests a graceful stop, a second one forces it. A
 * process without a terminal ignores SIGHUP, which says that a terminal was closed: that is how
 * `nohup` leaves it. (Whether `nohup` had SIGHUP ignored cannot be seen: Node resets it at its start.)
 */
export function onStopSignal(handle: {
  first: (signal: StopSignal) => void;
  second: () => void;
}): void {
  let firstAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      handle.first(signal as StopSignal);
    } else if (now - firstAt > ECHO_MS) {
      handle.second();
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const hasTerminal = [0, 1, 2].some((fd) => isatty(fd));
  process.on('SIGHUP', hasTerminal ? onSignal : () => {});
}

/**
 * How long a server that got this signal says that it is closing before it stops listening. SIGTERM
 * comes from a supervisor, and there may be a load balancer that must notice; on Ctrl-C somebody waits.
 */
export const announceMsFor = (signal: StopSignal): number =>
  signal === 'SIGTERM' ? ANNOUNCE_MS : 0;

/**
 * Makes a write beyond the file-size limit (`ulimit -f`) fail like one on a full disk. By default the
 * signal that comes with it ends the process.
 */
export function ignoreFileSizeSignal(): void {
  if (process.platform !== 'win32') process.on('SIGXFSZ', () => {});
}
