import type { Round } from './round.js';

/** One kind of fault, and what must hold all the same. */
export interface Row {
  readonly number: number;
  readonly fault: string;
  readonly expected: string;
  /** Why it cannot run on this machine, if so. */
  readonly missing?: () => string | undefined;
  /**
   * Does the worst, and looks.
   *
   * @returns the figures that it came to, in a few words
   * @throws when what is expected did not hold
   */
  run(round: Round): Promise<string>;
}
