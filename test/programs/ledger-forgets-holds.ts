import { dependencies } from '../../src/app/dependencies.js';
import { delegateTo } from '../../src/booking/store.js';
import type { StoreDriver } from '../../src/store/driver.js';
import { runWithFailpoints } from '../support/run-with-failpoints.js';

/** A ledger that does not know how a hold ended. It has failpoints. */
const ledger: StoreDriver = {
  ...dependencies.stores.ledger,
  async open(options) {
    const store = await dependencies.stores.ledger.open(options);
    return delegateTo(store, { findEndedHold: async () => undefined });
  },
};

await runWithFailpoints({ ...dependencies, stores: { ...dependencies.stores, ledger } });
