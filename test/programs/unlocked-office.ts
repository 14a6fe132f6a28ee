import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { off } from '../../src/lock/off.js';

/**
 * An office whose locks let everyone in at once, and that is the same in all else: it gathers, it
 * batches, it calls itself `file` or `kernel`. What a lock is for must fail here.
 */
const locks = Object.fromEntries(
  Object.entries(dependencies.locks).map(([name, mode]) => [name, { ...mode, open: off.open }]),
) as typeof dependencies.locks;

await start({ ...dependencies, locks });
