import { exitCode } from '../exit-codes.js';
import type { Ruling } from '../verdict/judge.js';

/** How a command ends that judged something. */
export const exitCodeOfRuling: Readonly<Record<Ruling, number>> = {
  holds: exitCode.ok,
  broken: exitCode.failed,
  inconclusive: exitCode.inconclusive,
};
