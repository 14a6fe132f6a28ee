import { dependencies } from '../../src/app/dependencies.js';
import type { Command } from '../../src/booking/commands.js';
import type { StoreDriver } from '../../src/store/driver.js';
import { runWithFailpoints } from '../support/run-with-failpoints.js';

/** A ledger whose lines omit the idempotency keys. It has failpoints. */
const ledger: StoreDriver = {
  ...dependencies.stores.ledger,
  async open(options) {
    const store = await dependencies.stores.ledger.open(options);
    const sell = store.sell.bind(store);
    store.sell = (commands) =>
      sell(commands.map((command) => ({ ...command, key: undefined }) as object as Command));
    return store;
  },
};

await runWithFailpoints({ ...dependencies, stores: { ...dependencies.stores, ledger } });
