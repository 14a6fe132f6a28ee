import { onTestFinished } from 'vitest';
import { postgres } from '../../../src/store/postgres/kind.js';
import { openOptions } from '../../support/folder.js';
/** A store on a prepared database, closed when the test ends. */
export async function openStore({ address }, mode = 'row', changes = {}) {
    const store = await postgres.open({ ...openOptions(address, true, mode), ...changes });
    onTestFinished(() => store.close());
    return store;
}
export async function sell(store, ...buys) {
    const { told, durable } = await store.sell(buys, () => { });
    await durable;
    return told;
}
//# sourceMappingURL=open-store.js.map