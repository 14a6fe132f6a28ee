import cluster from 'node:cluster';
import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { BatchQueue } from '../../src/booking/batch-queue.js';
import type { Buy } from '../../src/booking/commands.js';
import { packagedEvents } from '../packaged-events.js';
import { peers } from '../peers/registry.js';

/** The server with a peer, `NAME`, that sells in the place of its store. */
const peer = peers.find(({ name }) => name === process.argv[2]);
if (peer === undefined) throw new Error(`no peer is called ${process.argv[2]}`);

const { DATABASE_URL, REDIS_URL, DATA_DIR } = process.env;
const location = DATABASE_URL ?? REDIS_URL ?? DATA_DIR ?? '';
if (cluster.isPrimary) {
  await peer.prepare?.(location, await packagedEvents());
  await start(dependencies);
} else {
  const sell = await peer.open(location);
  const durable = Promise.resolve(); // a peer's `sell` resolves after its commit
  await start({
    ...dependencies,
    newQueue: (options) =>
      new BatchQueue({
        ...options,
        sell: async (buys) => ({ results: await sell(buys as readonly Buy[]), durable }),
      }),
  });
}
