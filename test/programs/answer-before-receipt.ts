import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { decide } from '../../src/booking/decide.js';
import type { Result } from '../../src/booking/outcomes.js';
import { delegateTo } from '../../src/booking/store.js';
import type { StoreDriver } from '../../src/store/driver.js';
import { TicketFile } from '../../src/store/json/ticket-file.js';

/** How long after the answer the receipt is written. */
const DELAY_MS = 100;

/** A server that answers before it writes the receipt. A kill in between leaves an answer without one. */
const json: StoreDriver = {
  ...dependencies.stores.json,
  async open(options) {
    // It writes outside of the lock too: it cannot look at it, and updates may be lost.
    const { beforeWrite: _, ...others } = options;
    const correct = await dependencies.stores.json.open({ ...others, exclusive: false });
    const tickets = new TicketFile(dependencies.stores.json.guardedFile(options.location), false);
    return delegateTo(correct, {
      async sell(buys) {
        const { outcomes, after } = decide(await tickets.read(), buys, new Date().toISOString());
        setTimeout(() => void correct.sell(buys), DELAY_MS);
        await tickets.replace(after);
        const results = outcomes.map((outcome) => ({ ...outcome, orderId: 'none yet' }) as Result);
        return { results, durable: Promise.resolve() };
      },
    });
  },
};

await start({ ...dependencies, stores: { ...dependencies.stores, json } });
