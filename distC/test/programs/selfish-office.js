import cluster from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { parts } from '../../src/parts.js';
import { runOffice } from '../../src/run-office.js';
/** How long everyone else lets the first worker go first. */
const MODESTY_MS = 600;
/** An office whose lock is unfair: before they even ask for it, all but the first worker wait. */
const kernel = {
    ...parts.locks.kernel,
    async open(options) {
        const fair = await parts.locks.kernel.open(options);
        if (cluster.worker?.id === 1)
            return fair;
        return {
            run: (section, deadline) => sleep(MODESTY_MS).then(() => fair.run(section, deadline)),
            close: () => fair.close(),
        };
    },
};
await runOffice({ ...parts, locks: { ...parts.locks, kernel } });
//# sourceMappingURL=selfish-office.js.map