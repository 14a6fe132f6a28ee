import cluster from 'node:cluster';
import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';

/** A server whose workers ignore that their primary has died. */
if (cluster.isWorker) {
  setInterval(() => process.removeAllListeners('disconnect'), 10);
  process.on('uncaughtException', () => {}); // a heartbeat over the closed channel
}

await start(dependencies);
