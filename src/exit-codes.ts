import type { FaultCode } from './booking/faults.js';

/** How a process of ours ends; the same for every command. */
export const exitCode = {
  ok: 0,
  /** Something is wrong: a verdict is broken, or workers keep dying. */
  failed: 1,
  /** A setting, an argument or a folder that cannot be used. */
  invalid: 2,
  /** Nothing was proved. */
  inconclusive: 3,
  /** A ledger says what cannot be true. */
  damaged: 3,
  /** A sync failed: what the page cache says is no evidence any more. */
  syncFailed: 4,
  /** No database answers. */
  noDatabase: 5,
  interrupted: 130,
} as const;

/** Faults after which nobody may go on selling, and how the office ends then. */
export const exitCodeOfFault: { readonly [Code in FaultCode]?: number } = {
  SYNC_FAILED: exitCode.syncFailed,
  DAMAGED: exitCode.damaged,
};
