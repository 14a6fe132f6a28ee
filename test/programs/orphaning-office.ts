import cluster from 'node:cluster';
import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';

/** An office whose workers do not care whether their primary lives. */
if (cluster.isWorker) {
  setInterval(() => process.removeAllListeners('disconnect'), 10);
  process.on('uncaughtException', () => {}); // heartbeats to nobody
}

await start(dependencies);
