import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { LineReader, type ReadableFile } from '../shared/line-reader.js';
import { DamagedLedgerError } from './chain.js';
import { type Checkpoint, checkpointOf } from './checkpoint.js';
import { loadLedger } from './load.js';

/** Read in one go, some ten milliseconds of work. */
const PIECE_BYTES = 512 * 1024;

/** It rests so much longer than it works: on a small machine the buyers want the processors. */
const REST = 3;

/**
 * Folds a ledger from its genesis to where a checkpoint ends, and compares what comes out. A start
 * takes the checkpoint's word for all that lies before it; this does not.
 *
 * @param signal ends it early
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
    await sleep((performance.now() - began) * REST, undefined, signal && { signal });
  }
  if (isDeepStrictEqual(checkpointOf(fold, genesis.ledger), { ...checkpoint })) return;
  throw new DamagedLedgerError(
    fold.head.end,
    `the lines up to byte ${end} do not add up to the checkpoint`,
  );
}
