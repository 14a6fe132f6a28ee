import type { TicketState } from '../../../src/booking/inventory.js';
import type { Head } from '../../../src/store/ledger/chain.js';
import {
  type Commit,
  encodeLine,
  FORMAT,
  type Genesis,
  hashOf,
} from '../../../src/store/ledger/ledger-line.js';
import type { SoldOp } from '../../../src/store/ledger/ops.js';
import { anEvent } from '../../support/folder.js';

const at = '2027-01-01T00:00:00.000Z';

export const events = (): TicketState['events'] => ({ a: anEvent(10), b: anEvent(3) });

export function genesisLine(changes: Partial<Genesis> = {}): Buffer {
  return encodeLine({ seq: 0, format: FORMAT, ledger: 'test', at, events: events(), ...changes });
}

/** The head of a chain whose last counted line begins at `offset`. */
export const headAfter = (seq: number, line: Buffer, offset = 0): Head => ({
  seq,
  hash: hashOf(line),
  end: offset + line.length + 1,
});

/** The line of a commit that extends `head`, which it claims to be synced. */
export function commitLine(head: Head, changes: Partial<Commit> = {}): Buffer {
  const { seq, hash } = head;
  return encodeLine({
    seq: seq + 1,
    prev: hash,
    synced: { seq, hash },
    writer: 'w.1',
    pid: 1,
    at,
    ops: [],
    ...changes,
  });
}

/** One sale, of one ticket unless changed. */
export const op = (first: number, left: number, changes: Partial<SoldOp> = {}): SoldOp => ({
  event: 'a',
  customer: 'Ada',
  quantity: 1,
  first,
  left,
  ...changes,
});

/** A file of these lines, each with its newline. */
export const fileOf = (...lines: readonly Buffer[]): Buffer =>
  Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
