import { setTimeout as sleep } from 'node:timers/promises';
import type { EmitStep } from '../../booking/sale-steps.js';

/** The pause between read and write, `RACE_WINDOW_MS`; by default there is none. */
export const createPause =
  (raceWindowMs: number, emit: EmitStep): (() => Promise<void>) =>
  async () => {
    if (raceWindowMs > 0) await sleep(raceWindowMs);
    emit('paused');
  };
