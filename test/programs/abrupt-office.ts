import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';

/** An office that ends at once when it is asked to close: whoever waits for an answer gets none. */
process.on('SIGTERM', () => process.exit(0));
process.on('message', (message: { type?: string }) => {
  if (message.type === 'drain') process.exit(0);
});

await start(dependencies);
