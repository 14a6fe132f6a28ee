import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { LineReader, type ReadableFile } from '../shared/line-reader.js';
import { DamagedLedgerError } from './chain.js';
import { type Checkpoint, checkpointOf } from './checkpoint.js';
import { howToAccept, loadLedger } from './load.js';
import { withoutNames } from './open-holds.js';

/** The size of one step, some ten milliseconds of work. */
const PIECE_BYTES = 512 * 1024;

/** It pauses this many times longer than it works, to leave the cores to the sales. */
const PAUSE_FACTOR = 3;

/**
 * Folds a ledger from its genesis to the end of a checkpoint, and compares the two. A start trusts the
 * checkpoint for everything before it; this does not.
 *
 * @param signal aborts it
 * @throws DamagedLedgerError when the lines do not add up to the checkpoint
 */
export async function verifyCheckpoint(
  file: ReadableFile,
  checkpoint: Checkpoint,
  signal?: AbortSignal,
): Promise<void> {
  const { genesis, fold, synced } = await loadLedger(file);
  const end = checkpoint.ledger.offset;
  const lines = new LineReader(file, synced.end);
  for (let until = PIECE_BYTES; ; until += PIECE_BYTES) {
    signal?.throwIfAborted();
    const began = performance.now();
    await lines.readNewLines((line, offset) => void fold.take(line, offset), Math.min(until, end));
    if (until >= end) break;
    await sleep((performance.now() - began) * PAUSE_FACTOR, undefined, signal && { signal });
  }
  if (isSame(checkpointOf(fold, genesis.ledger), checkpoint)) return;
  throw new DamagedLedgerError(
    fold.head.end,
    `the lines up to byte ${end} do not add up to the checkpoint; ${howToAccept}`,
  );
}

/** Checkpoints of older formats have no time. */
function isSame(folded: Checkpoint, found: Checkpoint): boolean {
  const comparable = ({ at, holds, ...others }: Checkpoint) => ({
    ...others,
    at: found.at === undefined ? '' : at,
    holds: withoutNames(holds),
  });
  return isDeepStrictEqual(comparable(folded), comparable(found));
}
