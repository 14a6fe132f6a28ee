import { hash } from 'node:crypto';
import type { TicketState } from '../../booking/inventory.js';
import { ERASED } from '../../booking/outcomes.js';
import type { SerialRange } from '../../booking/store.js';
import { hasName, isSale, type Op } from './ops.js';
import { decodeRecord, encodeRecord, renewChecksum } from './record.js';

export const FORMAT = 'turnstile-ledger-3';

/**
 * In the first format, the names of customers were part of what is hashed; in the second one, tickets
 * were only sold. Their lines are read as before, and lines of this format continue them.
 */
const OLDER_FORMATS: readonly unknown[] = ['turnstile-ledger-1', 'turnstile-ledger-2'];

/** A counted line, by number and hash. Each line claims the newest one that its writer knew to be synced. */
export interface Claim {
  readonly seq: number;
  readonly hash: string;
}

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

/** One commit: what one batch did. */
export interface Commit {
  readonly seq: number;
  /** The hash of the line that it extends. */
  readonly prev: string;
  /** The newest counted line that its writer knew to be covered by a finished sync. */
  readonly synced: Claim;
  /** Random per process, and a counter: process ids repeat across containers. */
  readonly writer: string;
  readonly pid: number;
  /** The time that it was decided by; in older formats that of the append, which may go back. */
  readonly at: string;
  readonly ops: readonly Op[];
}

/**
 * Where the names of customers begin in a line. They are its last member before the checksum, and not
 * hashed, so that a name can be erased without breaking the chain. Inside a string the quotes would be
 * escaped, so these bytes are nowhere else in a line.
 */
const NAMES = Buffer.from(',"customers":[');

/** A line as it is written: the names apart from the operations, in the same order. */
type WrittenOp = Omit<Op, 'customer'>;
type WrittenCommit = Omit<Commit, 'ops'> & {
  readonly ops: readonly WrittenOp[];
  /** An empty name was erased, or its operation has none. Missing in the first format. */
  readonly customers?: readonly string[];
};

/** Encodes a line without its newline. */
export function encodeLine(line: Genesis | Commit): Buffer {
  if (!('ops' in line)) return encodeRecord(line);
  const { seq, prev, synced, writer, pid, at } = line;
  const ops: WrittenOp[] = [];
  const customers: string[] = [];
  for (const op of line.ops) {
    ops.push(withoutName(op));
    customers.push(hasName(op) ? op.customer : '');
  }
  return encodeRecord({ seq, prev, synced, writer, pid, at, ops, customers });
}

function withoutName(op: Op): WrittenOp {
  if (!hasName(op)) return op;
  if (!isSale(op)) return { ...op, customer: undefined } as WrittenOp; // JSON leaves it out
  const { event, quantity, first, left, total, hold, key } = op;
  return { event, quantity, first, left, total, hold, key } as WrittenOp;
}

/** Parses a commit, or returns `undefined` for a line that is none. */
export function parseCommit(bytes: Buffer): Commit | undefined {
  const line = decodeRecord(bytes) as Partial<WrittenCommit> | undefined;
  const isCommit = line?.prev !== undefined && line.synced !== undefined && line.ops !== undefined;
  return isCommit ? withNames(line as WrittenCommit) : undefined;
}

/** Puts the names back into the operations. The line was just parsed, so it is changed, not copied. */
function withNames(line: WrittenCommit): Commit {
  const { ops, customers } = line;
  if (customers === undefined) return line as Commit;
  for (const [index, op] of ops.entries()) {
    if (hasName(op as Op)) (op as { customer?: string }).customer = customers[index] || ERASED;
  }
  return line as Commit;
}

/** Whether the names of a parsed line can be erased: in the first format they are hashed. */
export const hasErasableNames = (commit: Commit): boolean => 'customers' in commit;

/** Parses line 0, or returns `undefined`. */
export function parseGenesis(bytes: Buffer): Genesis | undefined {
  const line = decodeRecord(bytes) as Partial<Genesis> | undefined;
  if (line?.format === FORMAT) return line as Genesis;
  if (!OLDER_FORMATS.includes(line?.format)) return undefined;
  const { events, ...others } = line as Genesis;
  return { ...others, events: withCounts(events) };
}

/** Events of an older format count neither the tickets that were sold nor their revisions. */
function withCounts(events: Genesis['events']): Genesis['events'] {
  const counted = Object.entries(events).map(([id, event]) => {
    const issued = event.capacity - event.remaining;
    return [id, { ...event, issued, revision: 1 }];
  });
  return Object.fromEntries(counted);
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
 * @param erases whether to erase the name of this operation of the line
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
  for (const { event: eventId, first, quantity } of ops.filter(isSale)) {
    const begin = ranges.get(eventId)?.first ?? first;
    ranges.set(eventId, { eventId, first: begin, last: first + quantity - 1 });
  }
  return [...ranges.values()];
}
