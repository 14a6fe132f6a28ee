import { EXPIRY_MS } from './timeouts.js';
import type { WorkerSlot } from './worker-slot.js';

type Slot = Pick<WorkerSlot, 'ready' | 'requestExpiry'>;

/**
 * Lets one worker at a time put expired holds back on sale, and another one each time: one that hangs
 * delays it once. A sale does the same on its way, so this matters only while no client buys.
 */
export function requestExpiries(workerSlots: () => readonly Slot[]): void {
  let pending = false;
  let next = 0;
  setInterval(async () => {
    const ready = workerSlots().filter((slot) => slot.ready);
    if (pending || ready.length === 0) return;
    pending = true;
    await ready[next++ % ready.length]?.requestExpiry();
    pending = false;
  }, EXPIRY_MS);
}
