import { Mutex, withTimeout } from 'async-mutex';
import { type LockMode, LockTimeoutError, msUntil } from './lock-mode.js';

/**
 * A mutex in this process's memory. Right with one worker. With two, each has a mutex of its own,
 * because processes share no memory, and each is alone only among its own.
 */
export const mutex: LockMode = {
  scope: 'process',
  about: 'a mutex in each process: right with one worker, wrong with two',
  open: async () => {
    const here = new Mutex();
    return {
      run: (section, deadline) =>
        // async-mutex takes 0 for "no wait at all", even when the mutex is free.
        withTimeout(here, Math.max(1, msUntil(deadline)), new LockTimeoutError()).runExclusive(
          section,
        ),
      close: async () => {},
    };
  },
};
