import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { off } from '../../src/lock/off.js';
import type { StoreDriver } from '../../src/store/driver.js';

/**
 * A server whose locks exclude no other worker. Everything else is the same: it batches, and its lock mode is
 * `file` or `kernel`. Its json store does not stop when it sees that an update was lost.
 */
const locks = Object.fromEntries(
  Object.entries(dependencies.locks).map(([name, mode]) => [name, { ...mode, open: off.open }]),
) as typeof dependencies.locks;

const { json: correct } = dependencies.stores;
const json: StoreDriver = {
  ...correct,
  open: (options) => correct.open({ ...options, exclusive: false }),
};

await start({ ...dependencies, locks, stores: { ...dependencies.stores, json } });
