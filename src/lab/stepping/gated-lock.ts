import type { Lock } from '../../lock/lock-mode.js';
import type { Gate } from './gate.js';

/** How a learner sees the only lock of a run. */
const theLock = 'the lock';

/**
 * Wraps a lock so that the process is held before it requests the lock, and before it releases it.
 *
 * @param name what the learner sees; a run with several locks names each
 */
export function gateLock(lock: Lock, gate: Gate, name = theLock): Lock {
  const suffix = name === theLock ? '' : ` ${name}`;
  return {
    async run(section, deadline) {
      let acquired = false;
      await gate.before(`lock${suffix}`);
      gate.report({ type: 'waiting', lock: name });
      try {
        return await lock.run(async () => {
          acquired = true;
          gate.report({ type: 'acquired', lock: name });
          try {
            return await section();
          } finally {
            await gate.before(`unlock${suffix}`);
          }
        }, deadline);
      } finally {
        if (acquired) gate.report({ type: 'released', lock: name });
      }
    },
    assertHeld: () => lock.assertHeld(),
    close: () => lock.close(),
  };
}

/** Several locks as one: it acquires them in this order, and releases them in the opposite one. */
export const nestLocks = (locks: readonly Lock[]): Lock => ({
  run(section, deadline) {
    const nested = locks.reduceRight((inner, lock) => () => lock.run(inner, deadline), section);
    return nested();
  },
  assertHeld() {
    for (const lock of locks) lock.assertHeld();
  },
  async close() {
    for (const lock of locks) await lock.close();
  },
});
