import { Fault } from '../../src/booking/faults.js';
import { parts } from '../../src/parts.js';
import { runOffice } from '../../src/run-office.js';
/** An office whose disk does not confirm the second sale. */
const json = {
    ...parts.stores.json,
    async open(options) {
        const store = await parts.stores.json.open(options);
        const sell = store.sell.bind(store);
        store.sell = async (buys, tell) => {
            const sale = await sell(buys, tell);
            const { version } = (await store.search()).state;
            if (version < 2)
                return sale;
            return { ...sale, durable: Promise.reject(new Fault('SYNC_FAILED', 'the disk said EIO')) };
        };
        return store;
    },
};
await runOffice({ ...parts, stores: { ...parts.stores, json } });
//# sourceMappingURL=unsynced-office.js.map