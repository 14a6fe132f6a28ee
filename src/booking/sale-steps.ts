import { AsyncLocalStorage } from 'node:async_hooks';
import type { FaultCode } from './faults.js';
import type { Result } from './outcomes.js';

/**
 * The steps of a sale, as trace events. Wrappers around the lock, the files and the database emit
 * them; the queue emits `queued`, `synced`, `answered` and `refused`. Metrics, the lab's timeline and
 * the tests' failpoints listen.
 *
 * `rowsLocked`: the database granted the row locks, after `lockHeld`, which then only says that the
 * section began. `lockChecked`: the json store is about to rename the new ticket file, and found that
 * it still holds the lock. `overtaken`: another writer committed first, so the attempt is repeated.
 */
export type StepName =
  | 'queued'
  | 'lockWanted'
  | 'lockHeld'
  | 'lockRejected'
  | 'rowsLocked'
  | 'loaded'
  | 'paused'
  | 'decided'
  | 'lockChecked'
  | 'replaced'
  | 'appended'
  | 'overtaken'
  | 'lockReleased'
  | 'synced'
  | 'answered'
  | 'refused';

export interface Step {
  readonly name: StepName;
  /** The batch it belongs to, numbered from 1 in each process; 0 for a buy that is in no batch. */
  readonly batch: number;
  /** In milliseconds on this process's monotonic clock. */
  readonly at: number;
  /** The number of buys that were queued or refused. */
  readonly buys?: number;
  /** Why they were refused. */
  readonly fault?: FaultCode;
  /** What the buyers were answered. */
  readonly results?: readonly Result[];
  /** The version that was loaded, decided or written. */
  readonly version?: number;
}

export type StepListener = (step: Step) => void;

/** Emits a step of the current batch. */
export type EmitStep = (name: StepName, detail?: Partial<Omit<Step, 'name' | 'at'>>) => void;

/** Stamps steps with the time and with the batch that is being sold, and passes them to a listener. */
export class StepTracer {
  readonly #listener: StepListener;
  /** Only where batches overlap: on Node 20 it slows down every promise. */
  readonly #overlapping: AsyncLocalStorage<number> | undefined;
  #current = 0;

  /** @param maxConcurrentBatches how many batches may be sold at once */
  constructor(listener: StepListener, maxConcurrentBatches: number) {
    this.#listener = listener;
    this.#overlapping = maxConcurrentBatches > 1 ? new AsyncLocalStorage() : undefined;
  }

  /** Runs `work`; every step emitted in it belongs to this batch. */
  inBatch<T>(batch: number, work: () => T): T {
    if (this.#overlapping !== undefined) return this.#overlapping.run(batch, work);
    this.#current = batch;
    return work();
  }

  readonly emit: EmitStep = (name, detail) => {
    const batch = this.#overlapping === undefined ? this.#current : this.#overlapping.getStore();
    this.#listener({ name, batch: batch ?? 0, at: performance.now(), ...detail });
  };
}
