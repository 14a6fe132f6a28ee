import type { QueueOptions } from '../booking/batch-queue.js';
import type { EmitStep } from '../booking/sale-steps.js';
import type { Lock } from '../lock/lock-mode.js';

/**
 * Runs sections under a lock and emits when it is requested, held and released. Without a lock, the
 * section runs at once: the store locks by itself.
 */
export const traceLock =
  (lock: Pick<Lock, 'run'> | undefined, emit: EmitStep): QueueOptions['withLock'] =>
  async (section, deadline) => {
    let held = false;
    const tracedSection = () => {
      held = true;
      emit('lockHeld');
      return section();
    };
    emit('lockWanted');
    try {
      return await (lock === undefined ? tracedSection() : lock.run(tracedSection, deadline));
    } finally {
      emit(held ? 'lockReleased' : 'lockRejected');
    }
  };
