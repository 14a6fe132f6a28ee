import { off } from '../../src/lock/off.js';
import { parts } from '../../src/parts.js';
import { runOffice } from '../../src/run-office.js';
/**
 * An office whose locks let everyone in at once, and that is the same in all else: it gathers, it
 * batches, it calls itself `file` or `kernel`. What a lock is for must fail here.
 */
const locks = Object.fromEntries(Object.entries(parts.locks).map(([name, mode]) => [name, { ...mode, open: off.open }]));
await runOffice({ ...parts, locks });
//# sourceMappingURL=unlocked-office.js.map