import cluster from 'node:cluster';
import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';

/** A server whose workers exit before they listen. */
if (cluster.isWorker) process.exit(7);

await start(dependencies);
