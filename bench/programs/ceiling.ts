import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { constantSale } from '../constant-sale.js';

/** The whole server with a queue that answers at once: HTTP, JSON and the cluster remain. */
const answer = Promise.resolve(constantSale);
await start({
  ...dependencies,
  newQueue: () => ({
    submit: () => answer as Promise<never>, // every command of the load is a buy
    drain: async () => true,
    draining: false,
    unanswered: 0,
  }),
});
