import { hash } from 'node:crypto';
import type { TicketState } from '../../booking/inventory.js';
import type { SerialRange } from '../../booking/store.js';
import type { SoldOp } from '../../verdict/reference-log.js';
import { decodeRecord, encodeRecord } from './record.js';

export const FORMAT = 'turnstile-ledger-1';

/** A counted line, by number and hash. Each line claims the newest one that its writer knew to be synced. */
export interface Claim {
  readonly seq: number;
  readonly hash: string;
}

/** One sale of a commit; verdicts use it as their reference. */
export type Op = SoldOp;

/** Line 0: the ledger's id and its events. */
export interface Genesis {
  readonly seq: 0;
  readonly format: typeof FORMAT;
  /** Random: two ledgers with the same events are two ledgers. */
  readonly ledger: string;
  readonly at: string;
  /** The fingerprint of the key of the order ids; older ledgers have none. */
  readonly orderKey?: string;
  readonly events: TicketState['events'];
}

/** One commit: the sales of one batch. */
export interface Commit {
  readonly seq: number;
  /** The hash of the line that it extends. */
  readonly prev: string;
  /** The newest counted line that its writer knew to be covered by a finished sync. */
  readonly synced: Claim;
  /** Random per process, and a counter: process ids repeat across containers. */
  readonly writer: string;
  readonly pid: number;
  readonly at: string;
  readonly ops: readonly Op[];
}

/** Encodes a line without its newline. */
export const encodeLine = (line: Genesis | Commit): Buffer => encodeRecord(line);

/** Parses a commit, or returns `undefined` for a line that is none. */
export function parseCommit(bytes: Buffer): Commit | undefined {
  const line = decodeRecord(bytes) as Partial<Commit> | undefined;
  const isCommit = line?.prev !== undefined && line.synced !== undefined && line.ops !== undefined;
  return isCommit ? (line as Commit) : undefined;
}

/** Parses line 0, or returns `undefined`. */
export function parseGenesis(bytes: Buffer): Genesis | undefined {
  const line = decodeRecord(bytes) as Partial<Genesis> | undefined;
  return line?.format === FORMAT ? (line as Genesis) : undefined;
}

/** 128 bits of SHA-256 over a line without its newline. */
export const hashOf = (line: Buffer): string => hash('sha256', line, 'base64url').slice(0, 22);

/** What a commit sold of each event: the serials of one event are always consecutive. */
export function serialRanges({ ops }: Commit): SerialRange[] {
  const ranges = new Map<string, SerialRange>();
  for (const { event: eventId, first, quantity } of ops) {
    const begin = ranges.get(eventId)?.first ?? first;
    ranges.set(eventId, { eventId, first: begin, last: first + quantity - 1 });
  }
  return [...ranges.values()];
}
