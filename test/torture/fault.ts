import type { Round } from './round.js';

/** One kind of fault, and what must hold in spite of it. */
export interface TortureFault {
  readonly number: number;
  readonly fault: string;
  readonly expected: string;
  /** Why it cannot run on this machine, if so. */
  readonly missing?: () => string | undefined;
  /**
   * Injects the fault and checks what is expected.
   *
   * @returns the measured figures, in a few words
   * @throws if the expected did not hold
   */
  run(round: Round): Promise<string>;
}
