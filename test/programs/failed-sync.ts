import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { Fault } from '../../src/booking/faults.js';
import type { StoreDriver } from '../../src/store/driver.js';

/** A server whose sync of the second sale fails. */
const json: StoreDriver = {
  ...dependencies.stores.json,
  async open(options) {
    const store = await dependencies.stores.json.open(options);
    const sell = store.sell.bind(store);
    store.sell = async (buys) => {
      const sale = await sell(buys);
      const { version } = (await store.search()).state;
      if (version < 2) return sale;
      return { ...sale, durable: Promise.reject(new Fault('SYNC_FAILED', 'the disk said EIO')) };
    };
    return store;
  },
};

await start({ ...dependencies, stores: { ...dependencies.stores, json } });
