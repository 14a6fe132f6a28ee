import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type TicketState, ticketState } from '../../booking/inventory.js';
import { tryLock } from '../../lock/native-lock.js';
import { replaceFile, syncFolder } from '../shared/atomic-file.js';
import type { Fold } from './fold.js';
import { decodeRecord, encodeRecord } from './record.js';

/** `tickets.json`: all that decisions need, so that a start does not read the whole ledger. */
export interface Checkpoint {
  readonly version: number;
  /** The ledger, the end of its last counted line, and that line's hash. */
  readonly ledger: { readonly id: string; readonly offset: number; readonly hash: string };
  /** Where the lines begin whose keys are remembered, and the sales so far. */
  readonly keysFrom: number;
  readonly sales: number;
  readonly events: TicketState['events'];
}

const count = z.int().min(0);

const checkpoint = z.object({
  version: count,
  ledger: z.object({ id: z.string(), offset: count, hash: z.string() }),
  keysFrom: count,
  sales: count,
  events: ticketState.shape.events,
});

/** A checkpoint of this fold. Whatever it names must be synced before it is written. */
export function checkpointOf(fold: Fold, ledger: string): Checkpoint {
  const { head, state, keys } = fold;
  return {
    version: head.seq,
    ledger: { id: ledger, offset: head.end, hash: head.hash },
    keysFrom: keys.from(head.end),
    sales: keys.sales,
    events: { ...state.events },
  };
}

/** Reads a checkpoint; `undefined` if there is none, or none that can be read. It can be made anew. */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const bytes = await readFile(path).catch((error) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  return parseCheckpoint(bytes);
}

/** Reads the bytes of a checkpoint; `undefined` for those that are none. */
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
 * Takes the lock of whoever writes the checkpoint of a folder; `undefined` while somebody has it. It
 * lasts until the handle is closed. Nothing hangs on it but that a newer one is not replaced by an older.
 */
export async function lockCheckpoint(folder: string): Promise<FileHandle | undefined> {
  const file = await open(join(folder, 'checkpoint.lock'), 'a');
  if (tryLock(file.fd)) return file;
  await file.close();
  return undefined;
}
