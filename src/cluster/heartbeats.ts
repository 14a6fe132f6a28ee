import { HEARTBEAT_MS } from './timeouts.js';
import type { WorkerSlot } from './worker-slot.js';

/**
 * Kills workers that have sent no heartbeat for too long; their exit starts others. If this process was
 * stopped itself, it has heard no worker, and the silence proves nothing.
 */
export function watchHeartbeats(workerSlots: () => readonly WorkerSlot[]): void {
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    const wasStopped = now - last > 4 * HEARTBEAT_MS;
    last = now;
    for (const slot of workerSlots()) {
      if (wasStopped) slot.resetSilence();
      else slot.killIfSilent();
    }
  }, HEARTBEAT_MS);
}
