import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { decide } from '../../src/booking/decide.js';
import type { BuyResult } from '../../src/booking/outcomes.js';
import type { StoreDriver } from '../../src/store/driver.js';
import { TicketFile } from '../../src/store/json/ticket-file.js';

/** How long a buyer has an answer before the receipt is noted. */
const LATE_MS = 100;

/** An office that answers first and notes later: a kill in between, and an answer has no receipt. */
const json: StoreDriver = {
  ...dependencies.stores.json,
  async open(options) {
    const honest = await dependencies.stores.json.open(options);
    const tickets = new TicketFile(dependencies.stores.json.guardedFile(options.folder), false);
    return {
      remembersKeys: false,
      search: () => honest.search(),
      find: (orderId) => honest.find(orderId),
      history: () => honest.history(),
      close: () => honest.close(),
      async sell(buys) {
        const { outcomes, after } = decide(await tickets.read(), buys);
        setTimeout(() => void honest.sell(buys), LATE_MS);
        await tickets.replace(after);
        const results = outcomes.map(
          (outcome) => ({ ...outcome, orderId: 'none yet' }) as BuyResult,
        );
        return { results, durable: Promise.resolve() };
      },
    };
  },
};

await start({ ...dependencies, stores: { ...dependencies.stores, json } });
