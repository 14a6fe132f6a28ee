import { isDeepStrictEqual } from 'node:util';
import { LineReader, type ReadableFile } from '../lines.js';
import { DamagedLedgerError } from './chain.js';
import { type Checkpoint, checkpointOf } from './checkpoint.js';
import { loadLedger } from './load.js';

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
  await new LineReader(file, synced.end).readOn((line, offset) => {
    signal?.throwIfAborted();
    fold.take(line, offset);
  }, checkpoint.ledger.offset);
  if (isDeepStrictEqual(checkpointOf(fold, genesis.ledger), { ...checkpoint })) return;
  throw new DamagedLedgerError(
    fold.head.end,
    `the lines up to byte ${checkpoint.ledger.offset} do not add up to the checkpoint`,
  );
}
