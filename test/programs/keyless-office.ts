import { parts } from '../../src/parts.js';
import type { StoreKind } from '../../src/store/kind.js';
import { runFailingOffice } from '../support/run-failing-office.js';

/** A ledger whose lines lack the key that a sale was made with. Workers fail on order. */
const ledger: StoreKind = {
  ...parts.stores.ledger,
  async open(options) {
    const store = await parts.stores.ledger.open(options);
    const sell = store.sell.bind(store);
    store.sell = (buys, tell) =>
      sell(
        buys.map(({ key: _key, ...buy }) => buy),
        tell,
      );
    return store;
  },
};

await runFailingOffice({ ...parts, stores: { ...parts.stores, ledger } });
