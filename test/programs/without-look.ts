import { dependencies } from '../../src/app/dependencies.js';
import { runWithFailpoints } from '../support/run-with-failpoints.js';

/**
 * A server with failpoints that writes without a look at its lock, as if no lease could be lost, and
 * sells on after a lost update.
 */
const locks = {
  ...dependencies.locks,
  file: {
    ...dependencies.locks.file,
    async open(options) {
      const lock = await dependencies.locks.file.open(options);
      return {
        run: (section, deadline) => lock.run(section, deadline),
        assertHeld: () => {},
        close: () => lock.close(),
      };
    },
  },
} satisfies typeof dependencies.locks;

const { json } = dependencies.stores;
const stores: typeof dependencies.stores = {
  ...dependencies.stores,
  json: { ...json, open: (options) => json.open({ ...options, exclusive: false }) },
};

await runWithFailpoints({ ...dependencies, locks, stores });
