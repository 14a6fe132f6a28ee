import { keepNextTickFast } from '../../src/next-tick.js';
import { constantSale } from '../constant-sale.js';

/** The whole server with a queue that answers at once: HTTP, JSON and the cluster remain. */
keepNextTickFast(); // in the order of main.ts
const { start } = await import('../../src/app/start.js');
const { dependencies } = await import('../../src/app/dependencies.js');
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
