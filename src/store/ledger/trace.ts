import type { EmitStep } from '../../booking/sale-steps.js';
import type { Ledger } from './ledger.js';
import type { LedgerFile } from './ledger-file.js';

/** Wraps what a sale does with a ledger so that every step is emitted. */
export const traceLedger = (
  ledger: Pick<Ledger, 'catchUp' | 'append' | 'head'>,
  emit: EmitStep,
): Pick<Ledger, 'catchUp' | 'append'> => ({
  async catchUp() {
    await ledger.catchUp();
    emit('loaded', { version: ledger.head.seq });
  },
  append(decided, head) {
    emit('decided', { version: head.seq + 1 });
    return ledger.append(decided, head);
  },
});

/** Wraps the file of a ledger so that appends are emitted, before they are read back. */
export const traceLedgerFile = (file: LedgerFile, emit: EmitStep): LedgerFile => ({
  read: (...args) => file.read(...args),
  async write(bytes) {
    const result = await file.write(bytes);
    emit('appended');
    return result;
  },
  datasync: () => file.datasync(),
  checkName: () => file.checkName(),
  close: () => file.close(),
});
