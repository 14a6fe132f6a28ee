import type { Fault } from '../../booking/faults.js';
import { createFile } from '../shared/files.js';
import { readOwnFile } from '../shared/own-file.js';
import { DamagedLedgerError } from './chain.js';
import { damagedIn } from './paths.js';

/**
 * Wraps a fault handler: for damage it first writes a marker file, and the next start is refused until
 * `npm run ledger -- check` has removed it.
 */
export const markDamaged =
  (folder: string, onFault: (fault: Fault) => void): ((fault: Fault) => void) =>
  (fault) => {
    if (fault.code !== 'DAMAGED') return onFault(fault);
    // The first report is kept. A disk too full for the marker must not prevent the stop.
    void createFile(damagedIn(folder), `${fault.message}\n`)
      .catch(() => {})
      .then(() => onFault(fault));
  };

/** @throws DamagedLedgerError while the marker file exists */
export async function rejectDamaged(folder: string): Promise<void> {
  const path = damagedIn(folder);
  const marker = await readOwnFile(path);
  if (marker === undefined) return;
  const message = marker.toString('utf8').trim();
  const [, offset, reason] = /at byte (\d+): (.*)/s.exec(message) ?? [];
  const why = `${reason ?? message} (found while selling; ${path} keeps the server from starting)`;
  throw new DamagedLedgerError(Number(offset ?? 0), why);
}
