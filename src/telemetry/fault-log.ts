import type { Logger } from 'pino';
import type { Fault } from '../booking/faults.js';
import { exitCodeOfFault } from '../exit-codes.js';
import { LogThrottle } from './log-throttle.js';

/**
 * Logs faults, each kind once in a while. What the system refused is told in one line; of what stops
 * the office, and of what nobody expected, the stack says where.
 */
export function faultLog(
  log: Pick<Logger, 'warn' | 'error'>,
  message: string,
  throttle = new LogThrottle(),
): (fault: Fault) => void {
  return (fault) => {
    const refused = refusalIn(fault);
    throttle.say(`${fault.code} ${refused}`, (suppressed) => {
      const { code, message: why } = fault;
      if (refused === undefined || exitCodeOfFault[code] !== undefined) {
        log.error({ err: fault, suppressed }, message);
      } else log.warn({ code, why, suppressed }, message);
    });
  };
}

/** What the system said, such as ENOSPC; nothing, if the error is not the system's or ours. */
function refusalIn({ cause }: Fault): string | undefined {
  if (cause === undefined) return 'ours';
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}
