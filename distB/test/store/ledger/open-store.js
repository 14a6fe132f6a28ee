import { loadLedger } from '../../../src/store/ledger/load.js';
import { OrderIds } from '../../../src/store/ledger/order-id.js';
import { LedgerStore } from '../../../src/store/ledger/store.js';
/** What an office hands to the store of this file. A fault fails the test unless it listens. */
export async function optionsFor(file, { checkpoint, change = (loaded) => loaded, ...options } = {}) {
    const loaded = change(await loadLedger(file, checkpoint));
    return {
        file,
        loaded,
        ids: new OrderIds('secret', loaded.genesis.ledger),
        durable: true,
        raceWindowMs: 0,
        lockTimeoutMs: 5000,
        onFault: (fault) => {
            throw fault;
        },
        ...options,
    };
}
export const openStore = async (file, options) => new LedgerStore(await optionsFor(file, options));
export const buy = (eventId, quantity = 1, key) => ({
    eventId,
    customer: 'Ada',
    quantity,
    ...(key === undefined ? {} : { key }),
});
/** Sells a batch, and answers when its buyers would be told. */
export async function sell(store, ...buys) {
    const { told, durable } = await store.sell(buys, () => { });
    await durable;
    return told;
}
//# sourceMappingURL=open-store.js.map