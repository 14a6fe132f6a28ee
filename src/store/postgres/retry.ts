import { setTimeout as sleep } from 'node:timers/promises';
import { classifyError, toFault } from './classify-error.js';

/** Pauses before another attempt: doubled each time up to this, and random, or two would go on meeting. */
const PAUSE_MS = { first: 1, last: 50 };

/**
 * Attempts with a connection that turns out to be gone. A pool finds out about a database that was
 * restarted only by using what it kept, and one attempt throws away one connection.
 */
const UNREACHABLE_MAX = 4;

/**
 * Does a piece of work again as long as another attempt may help.
 *
 * @param withinMs no other attempt is begun after this time
 * @throws Fault that says what became of it
 */
export async function withRetries<T>(work: () => Promise<T>, withinMs: number): Promise<T> {
  const deadline = performance.now() + withinMs;
  let unreachable = 0;
  for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(PAUSE_MS.last, pauseMs * 2)) {
    try {
      return await work();
    } catch (error) {
      const errorClass = classifyError(error);
      if (errorClass === 'unreachable') unreachable++;
      const helps =
        errorClass === 'again' || (errorClass === 'unreachable' && unreachable < UNREACHABLE_MAX);
      if (!helps || performance.now() > deadline) throw toFault(error);
      await sleep(Math.random() * pauseMs);
    }
  }
}
