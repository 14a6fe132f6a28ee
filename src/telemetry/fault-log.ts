import type { Logger } from 'pino';
import type { Fault } from '../booking/faults.js';
import { exitCodeOfFault } from '../exit-codes.js';
import { LogThrottle } from './log-throttle.js';

/**
 * Logs faults, throttled by kind. An error of the operating system takes one line; a fault that stops
 * the server, and an unexpected one, comes with its stack.
 */
export function createFaultLog(
  log: Pick<Logger, 'warn' | 'error'>,
  message: string,
  throttle = new LogThrottle(),
): (fault: Fault) => void {
  return (fault) => {
    const systemCode = systemCodeOf(fault);
    throttle.log(`${fault.code} ${systemCode}`, (suppressed) => {
      const { code, message: why } = fault;
      if (systemCode === undefined || exitCodeOfFault[code] !== undefined) {
        log.error({ code, err: originOf(fault), suppressed }, message);
      } else log.warn({ code, why, suppressed }, message);
    });
  };
}

/** The cause of a fault that only repeats its message: the log joins the messages of an error and its cause. */
const originOf = (fault: Fault): unknown =>
  fault.cause instanceof Error && fault.cause.message === fault.message ? fault.cause : fault;

/** The system's code, such as ENOSPC; `undefined` if the cause is no error of the system. */
function systemCodeOf({ cause }: Fault): string | undefined {
  if (cause === undefined) return 'none';
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}
