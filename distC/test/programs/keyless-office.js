import { parts } from '../../src/parts.js';
import { runFailingOffice } from '../support/run-failing-office.js';
/** A ledger whose lines lack the key that a sale was made with. Workers fail on order. */
const ledger = {
    ...parts.stores.ledger,
    async open(options) {
        const store = await parts.stores.ledger.open(options);
        const sell = store.sell.bind(store);
        store.sell = (buys, tell) => sell(buys.map(({ key: _key, ...buy }) => buy), tell);
        return store;
    },
};
await runFailingOffice({ ...parts, stores: { ...parts.stores, ledger } });
//# sourceMappingURL=keyless-office.js.map