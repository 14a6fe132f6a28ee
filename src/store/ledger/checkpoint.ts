import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TicketState } from '../../booking/events.js';
import { replaceFile, syncFolder } from '../files.js';
import type { Fold } from './fold.js';
import { seal, unseal } from './seal.js';

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
  const line = bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
  const checkpoint = unseal(line) as Checkpoint | undefined;
  return checkpoint?.ledger === undefined ? undefined : checkpoint;
}

/** Replaces the checkpoint, durably. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await replaceFile(path, `${seal(checkpoint).toString('utf8')}\n`, true);
  await syncFolder(dirname(path));
}
