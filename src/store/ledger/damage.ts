import type { Fault } from '../../booking/faults.js';
import { damagedIn, readDamageMarker, writeDamageMarker } from '../shared/damage-marker.js';
import { exists } from '../shared/files.js';
import { namesLedger } from '../shared/folder.js';
import { DamagedLedgerError } from './chain.js';
import { ledgerIn, ticketsIn } from './paths.js';

/**
 * Wraps a fault handler: for damage it first writes the marker, and the next start is refused until
 * `npm run ledger -- check` has removed it.
 */
export const markDamaged =
  (folder: string, onFault: (fault: Fault) => void): ((fault: Fault) => void) =>
  (fault) => {
    if (fault.code === 'DAMAGED') writeDamageMarker(folder, fault.message);
    onFault(fault);
  };

/** @throws DamagedLedgerError while the marker exists */
export async function rejectDamaged(folder: string): Promise<void> {
  const message = await readDamageMarker(folder);
  if (message === undefined) return;
  const [, offset, reason] = /at byte (\d+): (.*)/s.exec(message) ?? [];
  const why = `${reason ?? message} (found while selling; ${damagedIn(folder)} keeps the server from starting)`;
  throw new DamagedLedgerError(Number(offset ?? 0), why);
}

/** @throws DamagedLedgerError when the checkpoint names a ledger that is gone: a new one would sell its tickets again */
export async function rejectLostLedger(folder: string): Promise<void> {
  const [path, checkpoint] = [ledgerIn(folder), ticketsIn(folder)];
  if ((await exists(path)) || !(await namesLedger(checkpoint))) return;
  if (await exists(path)) return; // a server has just created both
  throw new DamagedLedgerError(
    0,
    `${checkpoint} names a ledger, but ${path} is gone: restore it, or discard all sales (npm run reset)`,
  );
}
