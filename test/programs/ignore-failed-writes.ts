import { dependencies } from '../../src/app/dependencies.js';
import { decide } from '../../src/booking/decide.js';
import type { Result } from '../../src/booking/outcomes.js';
import type { StoreDriver } from '../../src/store/driver.js';
import { TicketFile } from '../../src/store/json/ticket-file.js';
import { runWithFailpoints } from '../support/run-with-failpoints.js';

/** A server that answers 201 even if its write failed. It has failpoints. */
const json: StoreDriver = {
  ...dependencies.stores.json,
  async open(options) {
    const store = await dependencies.stores.json.open(options);
    const tickets = new TicketFile(dependencies.stores.json.guardedFile(options.location), false);
    const sell = store.sell.bind(store);
    store.sell = async (buys) => {
      const before = await tickets.read();
      return sell(buys).catch(() => {
        const { outcomes } = decide(before, buys, new Date().toISOString());
        const results = outcomes.map(
          (outcome) => ({ ...outcome, orderId: 'no receipt' }) as Result,
        );
        return { results, durable: Promise.resolve() };
      });
    };
    return store;
  },
};

await runWithFailpoints({ ...dependencies, stores: { ...dependencies.stores, json } });
