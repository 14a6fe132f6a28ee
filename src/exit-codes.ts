import type { FaultCode } from './booking/faults.js';
import type { Ruling } from './verdict/judge.js';

/** The exit codes of the server and of every command. */
export const exitCode = {
  ok: 0,
  /** A verdict is broken, or workers keep dying. */
  failed: 1,
  /** An invalid setting, argument or folder. */
  invalid: 2,
  /** Nothing was proved. */
  inconclusive: 3,
  /** A ledger contradicts itself. */
  damaged: 3,
  /** A sync failed: the page cache may differ from the disk. */
  syncFailed: 4,
  /** The database cannot be reached. */
  noDatabase: 5,
  interrupted: 130,
} as const;

/** Faults after which no worker may continue to sell, and the exit code of the server then. */
export const exitCodeOfFault: { readonly [Code in FaultCode]?: number } = {
  SYNC_FAILED: exitCode.syncFailed,
  DAMAGED: exitCode.damaged,
};

/** The exit code of a command that judges something. */
export const exitCodeOfRuling: Readonly<Record<Ruling, number>> = {
  holds: exitCode.ok,
  broken: exitCode.failed,
  inconclusive: exitCode.inconclusive,
};
