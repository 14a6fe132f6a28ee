import { setTimeout as sleep } from 'node:timers/promises';
import { classifyError, toFault } from './classify-error.js';

/** The pause before another attempt: random, up to a limit that doubles from the first to the last. */
const PAUSE_MS = { first: 1, last: 50 };

/**
 * Attempts that may fail because their connection is lost. A pool notices a restarted database only
 * when it uses its old connections, and each attempt discards one.
 */
const UNREACHABLE_MAX = 4;

/**
 * Repeats a piece of work while another attempt may succeed.
 *
 * @param withinMs no attempt begins after this time
 * @throws Fault when the last attempt failed
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
      const retryable =
        errorClass === 'retryable' ||
        (errorClass === 'unreachable' && unreachable < UNREACHABLE_MAX);
      if (!retryable || performance.now() > deadline) throw toFault(error);
      await sleep(Math.random() * pauseMs);
    }
  }
}
