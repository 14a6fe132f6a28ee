import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';

/** A server that exits immediately when it is asked to shut down, without answering accepted buys. */
process.on('SIGTERM', () => process.exit(0));
process.on('message', (message: { type?: string }) => {
  if (message.type === 'drain') process.exit(0);
});

await start(dependencies);
