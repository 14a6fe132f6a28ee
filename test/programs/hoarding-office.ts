import { subscribe } from 'node:diagnostics_channel';
import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';

/** An office that keeps something of every request, for ever. */
const hoard: Buffer[] = [];
subscribe('http.server.request.start', () => {
  hoard.push(Buffer.alloc(400_000, 1));
});

await start(dependencies);
