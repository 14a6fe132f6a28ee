import { hash } from 'node:crypto';
import type { TicketState } from '../../booking/inventory.js';
import { ERASED } from '../../booking/outcomes.js';
import type { SerialRange } from '../../booking/store.js';
import type { SoldOp } from '../../verdict/reference-log.js';
import { decodeRecord, encodeRecord, renewChecksum } from './record.js';

export const FORMAT = 'turnstile-ledger-2';

/** In the first format, the names of customers were part of what is hashed. Its lines are read as before. */
const FORMATS: readonly unknown[] = ['turnstile-ledger-1', FORMAT];

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

/**
 * Where the names of customers begin in a line. They are its last member before the checksum, and not
 * hashed, so that a name can be erased without breaking the chain. Inside a string the quotes would be
 * escaped, so these bytes are nowhere else in a line.
 */
const NAMES = Buffer.from(',"customers":[');

/** A line as it is written: the names apart from the sales, in the same order. */
type WrittenOp = Omit<Op, 'customer'>;
type WrittenCommit = Omit<Commit, 'ops'> & {
  readonly ops: readonly WrittenOp[];
  /** An empty name was erased. Missing in the first format. */
  readonly customers?: readonly string[];
};

/** Encodes a line without its newline. */
export function encodeLine(line: Genesis | Commit): Buffer {
  if (!('ops' in line)) return encodeRecord(line);
  const { seq, prev, synced, writer, pid, at } = line;
  const ops: WrittenOp[] = [];
  const customers: string[] = [];
  for (const { event, customer, quantity, first, left, key } of line.ops) {
    const op = { event, quantity, first, left };
    ops.push(key === undefined ? op : { ...op, key });
    customers.push(customer);
  }
  return encodeRecord({ seq, prev, synced, writer, pid, at, ops, customers });
}

/** Parses a commit, or returns `undefined` for a line that is none. */
export function parseCommit(bytes: Buffer): Commit | undefined {
  const line = decodeRecord(bytes) as Partial<WrittenCommit> | undefined;
  const isCommit = line?.prev !== undefined && line.synced !== undefined && line.ops !== undefined;
  return isCommit ? withNames(line as WrittenCommit) : undefined;
}

/** Puts the names back into the sales. The line was just parsed, so it is changed, not copied. */
function withNames(line: WrittenCommit): Commit {
  const { ops, customers } = line;
  if (customers === undefined) return line as Commit;
  for (const [index, op] of ops.entries()) {
    (op as { customer?: string }).customer = customers[index] || ERASED;
  }
  return line as Commit;
}

/** Whether the names of a parsed line can be erased: in the first format they are hashed. */
export const hasErasableNames = (commit: Commit): boolean => 'customers' in commit;

/** Parses line 0, or returns `undefined`. */
export function parseGenesis(bytes: Buffer): Genesis | undefined {
  const line = decodeRecord(bytes) as Partial<Genesis> | undefined;
  return FORMATS.includes(line?.format) ? (line as Genesis) : undefined;
}

/** 128 bits of SHA-256 over a line without its newline, and without names of customers. */
export function hashOf(line: Buffer): string {
  const names = line.indexOf(NAMES);
  const hashed = names === -1 ? line : line.subarray(0, names);
  return hash('sha256', hashed, 'base64url').slice(0, 22);
}

/**
 * Erases names from a line in place. Its length and its hash stay the same.
 *
 * @param erases whether to erase the name of this sale of the line
 * @returns `undefined` if the names are part of what is hashed
 */
export function eraseNames(line: Buffer, erases: (index: number) => boolean): Buffer | undefined {
  const names = line.indexOf(NAMES);
  if (names === -1) return undefined;
  const erased = Buffer.from(line);
  let begin = names + NAMES.length;
  for (let index = 0; erased[begin] === QUOTE; index++) {
    let end = begin + 1;
    while (erased[end] !== QUOTE) end += erased[end] === BACKSLASH ? 2 : 1;
    end++;
    if (erases(index)) erased.fill(' ', begin, end).write('""', begin);
    while (erased[end] === SPACE) end++;
    begin = end + 1; // after the comma
  }
  renewChecksum(erased);
  return erased;
}

const [QUOTE, BACKSLASH, SPACE] = [0x22, 0x5c, 0x20];

/** What a commit sold of each event: the serials of one event are always consecutive. */
export function serialRanges({ ops }: Commit): SerialRange[] {
  const ranges = new Map<string, SerialRange>();
  for (const { event: eventId, first, quantity } of ops) {
    const begin = ranges.get(eventId)?.first ?? first;
    ranges.set(eventId, { eventId, first: begin, last: first + quantity - 1 });
  }
  return [...ranges.values()];
}
