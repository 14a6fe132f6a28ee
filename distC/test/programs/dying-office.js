import cluster from 'node:cluster';
import { parts } from '../../src/parts.js';
import { runOffice } from '../../src/run-office.js';
/** An office whose workers die before they listen. */
if (cluster.isWorker)
    process.exit(7);
await runOffice(parts);
//# sourceMappingURL=dying-office.js.map