import type { LabRequest, LabStatus } from '../../timeline/report.js';

/** A finished experiment as it was shown. */
export interface FinishedExperiment {
  readonly status: LabStatus;
  readonly request: LabRequest;
  /** Whether it was shown beside the one before it. */
  readonly beside: boolean;
  readonly guess: number | undefined;
}

/** Addresses whose runs are kept. A run has up to some hundred kilobytes. */
const ADDRESSES_MAX = 5;

/** Finished experiments by the address that shows them: going back does not run them again. */
const finished = new Map<string, readonly FinishedExperiment[]>();

export const finishedAt = (address: string): readonly FinishedExperiment[] =>
  finished.get(address) ?? [];

/** Keeps what an address shows. The oldest address is forgotten. */
export function keepFinished(address: string, shown: readonly FinishedExperiment[]): void {
  finished.delete(address); // so that it becomes the newest of the map
  finished.set(address, shown);
  for (const oldest of finished.keys()) {
    if (finished.size <= ADDRESSES_MAX) break;
    finished.delete(oldest);
  }
}
