import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type TicketState, ticketState } from '../../booking/inventory.js';
import { tryLock } from '../../lock/fs-native-extensions.js';
import { PRIVATE_FILE, readIfExists, replaceFile, syncFolder } from '../shared/files.js';
import type { Fold } from './fold.js';
import { decodeRecord, encodeRecord } from './record.js';

/** `tickets.json`: everything decisions need, so that a start does not fold the whole ledger. */
export interface Checkpoint {
  readonly version: number;
  /** The ledger, the end of its last counted line, and that line's hash. */
  readonly ledger: { readonly id: string; readonly offset: number; readonly hash: string };
  /** The offset from which keys are remembered, and the number of sales so far. */
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

/** A checkpoint of this fold. The lines it names must be synced before it is written. */
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

/** Reads a checkpoint, or `undefined` if there is no valid one: it can be rebuilt. */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const bytes = await readIfExists(path);
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
 * Takes the lock for writing a folder's checkpoint; `undefined` while another process holds it. It is
 * released when the handle is closed. It only prevents that an older checkpoint replaces a newer one.
 */
export async function lockCheckpoint(folder: string): Promise<FileHandle | undefined> {
  const file = await open(join(folder, 'checkpoint.lock'), 'a', PRIVATE_FILE);
  if (tryLock(file.fd)) return file;
  await file.close();
  return undefined;
}
