import cluster from 'node:cluster';
import { parts } from '../../src/parts.js';
import { runOffice } from '../../src/run-office.js';
/** An office whose workers do not care whether their primary lives. */
if (cluster.isWorker) {
    setInterval(() => process.removeAllListeners('disconnect'), 10);
    process.on('uncaughtException', () => { }); // heartbeats to nobody
}
await runOffice(parts);
//# sourceMappingURL=orphaning-office.js.map