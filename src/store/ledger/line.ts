import { createHash } from 'node:crypto';
import type { TicketState } from '../../booking/events.js';
import { seal, unseal } from './seal.js';

export const FORMAT = 'turnstile-ledger-1';

/** A counted line, by its number and its hash: what a line claims that it knows to be synced. */
export interface Claim {
  readonly seq: number;
  readonly hash: string;
}

/** One sale. Its serials are `first`, `first + 1`, … ; `left` tickets remain after it. */
export interface Op {
  readonly event: string;
  readonly customer: string;
  readonly quantity: number;
  readonly first: number;
  readonly left: number;
  readonly key?: string;
}

/** Line 0: what the ledger is of. */
export interface Genesis {
  readonly seq: 0;
  readonly format: typeof FORMAT;
  /** Random: two ledgers with the same events are not the same ledger. */
  readonly ledger: string;
  readonly at: string;
  readonly events: TicketState['events'];
}

/** One commit: the sales of one batch. */
export interface Commit {
  readonly seq: number;
  /** The hash of the line that it extends. */
  readonly prev: string;
  /** The newest counted line that its writer knew to be covered by a finished sync. */
  readonly synced: Claim;
  /** A random number of the process and a counter: process ids repeat across containers. */
  readonly writer: string;
  readonly pid: number;
  readonly at: string;
  readonly ops: readonly Op[];
}

/** A line without its newline. */
export const printLine = (line: Genesis | Commit): Buffer => seal(line);

/** Reads a commit that is whole, or answers `undefined`. */
export function parseCommit(bytes: Buffer): Commit | undefined {
  const line = unseal(bytes) as Partial<Commit> | undefined;
  const isCommit = line?.prev !== undefined && line.synced !== undefined && line.ops !== undefined;
  return isCommit ? (line as Commit) : undefined;
}

/** Reads line 0, or answers `undefined`. */
export function parseGenesis(bytes: Buffer): Genesis | undefined {
  const line = unseal(bytes) as Partial<Genesis> | undefined;
  return line?.format === FORMAT ? (line as Genesis) : undefined;
}

/** 128 bits of SHA-256 over a line without its newline. */
export const hashOf = (line: Buffer): string =>
  createHash('sha256').update(line).digest('base64url').slice(0, 22);
