import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { off } from '../../src/lock/off.js';

/**
 * A server whose locks exclude no other worker. Everything else is the same: it batches, and its lock mode is
 * `file` or `kernel`.
 */
const locks = Object.fromEntries(
  Object.entries(dependencies.locks).map(([name, mode]) => [name, { ...mode, open: off.open }]),
) as typeof dependencies.locks;

await start({ ...dependencies, locks });
