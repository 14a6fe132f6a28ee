import type { Logger, LoggerOptions } from 'pino';

/** The least time between two logs of one kind. */
const INTERVAL_MS = 10_000;

/**
 * Logs the first event of a kind at once, and then at most one per interval, with the number that were
 * suppressed: a full disk fails every batch, thousands of times a second. Kinds must be few and known;
 * nothing that a client sends may become one.
 */
export class LogThrottle {
  readonly #kinds = new Map<string, { loggedAt: number; suppressed: number }>();
  readonly #now: () => number;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** @param write is called unless the event is suppressed */
  log(kind: string, write: (suppressed: number) => void): void {
    const now = this.#now();
    const last = this.#kinds.get(kind);
    if (last !== undefined && now - last.loggedAt < INTERVAL_MS) {
      last.suppressed++;
      return;
    }
    this.#kinds.set(kind, { loggedAt: now, suppressed: 0 });
    write(last?.suppressed ?? 0);
  }
}

/** The most messages that are told apart; all others share one interval. */
const MESSAGES_MAX = 100;

/**
 * A hook of pino that throttles warnings and errors by message and kind of error. Clients can repeat a
 * request that fails thousands of times a second.
 */
export function throttleByMessage(throttle = new LogThrottle()): LogMethod {
  const kinds = new Set<string>();
  return function (this: Logger, args, method, level) {
    if (level < (this.levels.values.warn ?? 0)) return method.apply(this, args);
    const [first, second] = args as readonly unknown[];
    const message = typeof first === 'string' ? first : second;
    const fields = first instanceof Error ? { err: first } : typeof first === 'object' ? first : {};
    const kind = `${message} ${kindOfError(fields)}`;
    if (kinds.size < MESSAGES_MAX) kinds.add(kind);
    throttle.log(kinds.has(kind) ? kind : 'other', (suppressed) => {
      if (suppressed === 0) method.apply(this, args);
      else method.apply(this, [{ ...fields, suppressed }, String(message ?? '')]);
    });
  };
}

type LogMethod = NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>;

function kindOfError(fields: object | null): string {
  const { err } = (fields ?? {}) as { err?: unknown };
  return err instanceof Error ? `${err.name} ${(err as NodeJS.ErrnoException).code}` : '';
}
