import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { Fault } from '../../src/booking/faults.js';
import type { StoreDriver } from '../../src/store/driver.js';

/** A server that retries a batch if the answer to its COMMIT is lost. */
const postgres: StoreDriver = {
  ...dependencies.stores.postgres,
  async open(options) {
    const store = await dependencies.stores.postgres.open(options);
    const sell = store.sell.bind(store);
    store.sell = (buys) =>
      sell(buys).catch((error) => {
        if (error instanceof Fault && error.code === 'COMMIT_UNKNOWN') return sell(buys);
        throw error;
      });
    return store;
  },
};

await start({ ...dependencies, stores: { ...dependencies.stores, postgres } });
