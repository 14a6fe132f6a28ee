import { subscribe } from 'node:diagnostics_channel';
import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';

/** A server that leaks memory with every request. */
const leaked: Buffer[] = [];
subscribe('http.server.request.start', () => {
  leaked.push(Buffer.alloc(400_000, 1));
});

await start(dependencies);
