import cluster from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';

/** How long all workers but the first wait before each acquisition. */
const DELAY_MS = 600;

/** A server with an unfair lock: all workers but the first wait before they request it. */
const kernel: typeof dependencies.locks.kernel = {
  ...dependencies.locks.kernel,
  async open(options) {
    const fair = await dependencies.locks.kernel.open(options);
    if (cluster.worker?.id === 1) return fair;
    return {
      run: (section, deadline) => sleep(DELAY_MS).then(() => fair.run(section, deadline)),
      assertHeld: () => fair.assertHeld(),
      close: () => fair.close(),
    };
  },
};

await start({ ...dependencies, locks: { ...dependencies.locks, kernel } });
