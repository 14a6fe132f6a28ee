import { readFile } from 'node:fs/promises';
import type { Fault } from '../../booking/faults.js';
import { createFile, exists } from '../shared/atomic-file.js';
import { DamagedLedgerError } from './chain.js';
import { damagedIn } from './paths.js';

/**
 * Passes on the faults that an office must stop for. Of damage it leaves evidence first: the next
 * start refuses until somebody has looked.
 */
export const markDamaged =
  (folder: string, onFault: (fault: Fault) => void): ((fault: Fault) => void) =>
  (fault) => {
    if (fault.code !== 'DAMAGED') return onFault(fault);
    // The first to find it is the one to be believed; and a disk too full to say so stops nobody.
    void createFile(damagedIn(folder), `${fault.message}\n`)
      .catch(() => {})
      .then(() => onFault(fault));
  };

/** @throws DamagedLedgerError as long as somebody found it damaged and nobody has looked since */
export async function rejectDamaged(folder: string): Promise<void> {
  const path = damagedIn(folder);
  if (!(await exists(path))) return;
  const found = (await readFile(path, 'utf8')).trim();
  const [, offset, reason] = /at byte (\d+): (.*)/s.exec(found) ?? [];
  const why = `${reason ?? found} (found by an office that sold; ${path} keeps it closed)`;
  throw new DamagedLedgerError(Number(offset ?? 0), why);
}
