import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type TicketState, ticketState } from '../../booking/inventory.js';
import { replaceFile, syncFolder } from '../shared/files.js';
import { readOwnFile } from '../shared/private-file.js';
import { tryLockFile } from '../shared/try-lock-file.js';
import type { Fold } from './fold.js';
import { decodeRecord, encodeRecord } from './record.js';

/** `tickets.json`: everything decisions need, so that a start does not fold the whole ledger. */
export interface Checkpoint {
  readonly version: number;
  /** The time of the newest commit; missing before the first, and in checkpoints of older formats. */
  readonly at?: string | undefined;
  /** The ledger, the end of its last counted line, and that line's hash. */
  readonly ledger: { readonly id: string; readonly offset: number; readonly hash: string };
  /** The offset from which operations are remembered, and their number so far. */
  readonly keysFrom: number;
  readonly ops: number;
  readonly events: TicketState['events'];
  readonly holds?: TicketState['holds'];
}

const count = z.int().min(0);

const checkpoint = z
  .object({
    version: count,
    at: z.string().optional(),
    ledger: z.object({ id: z.string(), offset: count, hash: z.string() }),
    keysFrom: count,
    ops: count.optional(),
    sales: count.optional(), // in older formats, in which every operation was a sale
    events: ticketState.shape.events,
    holds: ticketState.shape.holds,
  })
  .transform(({ ops, sales, ...members }, { addIssue }) => {
    const number = ops ?? sales;
    if (number === undefined) addIssue('it has no number of operations');
    return { ...members, ops: number ?? 0 };
  });

/** A checkpoint of this fold. The lines it names must be synced before it is written. */
export function checkpointOf(fold: Fold, ledger: string): Checkpoint {
  const { head, recent } = fold;
  const { at, events, holds } = fold.state;
  return {
    version: head.seq,
    ledger: { id: ledger, offset: head.end, hash: head.hash }, // second: see `namesLedger`
    ...(at !== undefined && { at }),
    keysFrom: recent.from(head.end),
    ops: recent.count,
    events: { ...events },
    ...(holds && { holds: { ...holds } }),
  };
}

/** Reads a checkpoint, or `undefined` if there is no valid one: it can be rebuilt. */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const bytes = await readOwnFile(path);
  return bytes && parseCheckpoint(bytes);
}

/** Parses the bytes of a checkpoint, or returns `undefined`. */
export function parseCheckpoint(bytes: Buffer): Checkpoint | undefined {
  const line = bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
  return checkpoint.safeParse(decodeRecord(line)).data;
}

/** The bytes of a checkpoint. */
export const printCheckpoint = (checkpoint: Checkpoint): string =>
  `${encodeRecord(checkpoint).toString('utf8')}\n`;

/** Replaces the checkpoint, durably. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await replaceFile(path, printCheckpoint(checkpoint), true);
  await syncFolder(dirname(path));
}

/**
 * Takes the lock for writing a folder's checkpoint; `undefined` while another process holds it. It only prevents that an older checkpoint replaces a newer one.
 */
export const lockCheckpoint = (folder: string): Promise<FileHandle | undefined> =>
  tryLockFile(join(folder, 'checkpoint.lock'));
