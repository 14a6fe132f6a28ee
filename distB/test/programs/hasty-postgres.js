import { Fault } from '../../src/booking/faults.js';
import { parts } from '../../src/parts.js';
import { runOffice } from '../../src/run-office.js';
/** An office that tries a batch again when the answer to its COMMIT was lost. */
const postgres = {
    ...parts.stores.postgres,
    async open(options) {
        const store = await parts.stores.postgres.open(options);
        const sell = store.sell.bind(store);
        store.sell = (buys, tell) => sell(buys, tell).catch((error) => {
            if (error instanceof Fault && error.code === 'COMMIT_UNKNOWN')
                return sell(buys, tell);
            throw error;
        });
        return store;
    },
};
await runOffice({ ...parts, stores: { ...parts.stores, postgres } });
//# sourceMappingURL=hasty-postgres.js.map