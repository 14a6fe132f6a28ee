import cluster from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';

/** How long everyone else lets the first worker go first. */
const MODESTY_MS = 600;

/** An office whose lock is unfair: before they even ask for it, all but the first worker wait. */
const kernel: typeof dependencies.locks.kernel = {
  ...dependencies.locks.kernel,
  async open(options) {
    const fair = await dependencies.locks.kernel.open(options);
    if (cluster.worker?.id === 1) return fair;
    return {
      run: (section, deadline) => sleep(MODESTY_MS).then(() => fair.run(section, deadline)),
      close: () => fair.close(),
    };
  },
};

await start({ ...dependencies, locks: { ...dependencies.locks, kernel } });
