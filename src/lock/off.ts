import type { LockMode } from './lock-mode.js';

/** No lock: every section runs at once. */
export const off: LockMode = {
  scope: 'nothing',
  about: 'no lock: json sells tickets twice, the ledger does not',
  open: async () => ({
    run: (section) => section(),
    assertHeld: () => {},
    close: async () => {},
  }),
};
