import { Mutex, withTimeout } from 'async-mutex';
import { type LockMode, LockTimeoutError, msUntil } from './lock-mode.js';

/**
 * A mutex in this process's memory. Correct with one worker. With two, each worker has its own mutex,
 * because processes share no memory, and the two exclude nothing from each other.
 */
export const mutex: LockMode = {
  scope: 'process',
  about: 'a mutex in each process: correct with one worker, wrong with two',
  open: async () => {
    const inProcess = new Mutex();
    return {
      run: (section, deadline) =>
        // With a timeout of 0, async-mutex rejects even when the mutex is free.
        withTimeout(inProcess, Math.max(1, msUntil(deadline)), new LockTimeoutError()).runExclusive(
          section,
        ),
      assertHeld: () => {},
      close: async () => {},
    };
  },
};
