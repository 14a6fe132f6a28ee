import { dependencies } from '../../src/app/dependencies.js';
import type { StoreDriver } from '../../src/store/driver.js';
import { runFailingOffice } from '../support/run-failing-office.js';

/** A ledger whose lines lack the key that a sale was made with. Workers fail on order. */
const ledger: StoreDriver = {
  ...dependencies.stores.ledger,
  async open(options) {
    const store = await dependencies.stores.ledger.open(options);
    const sell = store.sell.bind(store);
    store.sell = (buys) =>
      sell(buys.map(({ key: _key, ...buy }) => buy));
    return store;
  },
};

await runFailingOffice({ ...dependencies, stores: { ...dependencies.stores, ledger } });
