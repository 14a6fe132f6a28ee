import cluster from 'node:cluster';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { BuyQueue } from '../booking/queue.js';
import { parts } from '../parts.js';
import { runOffice } from '../run-office.js';
import { whenAlone } from './alone.js';
import { disturb } from './disturb.js';
import { StepTrace } from './step-trace.js';
/**
 * The office of a sandbox: `FOLDER [kill|stop]`. It is the office that everybody runs, of the same
 * parts, and its workers note every step in FOLDER. Should the process go away that started it, it
 * ends at once, stopped workers too, and takes FOLDER with it.
 */
const [folder = '', disturbance] = process.argv.slice(2);
if (cluster.isPrimary) {
    whenAlone(() => {
        for (const worker of Object.values(cluster.workers ?? {}))
            worker?.process.kill('SIGKILL');
        rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
        process.exit();
    });
    await runOffice(parts);
}
else {
    const trace = new StepTrace(join(folder, 'trace'));
    const observers = [trace.observe];
    if (disturbance !== undefined) {
        observers.push(disturb(disturbance, join(folder, 'disturbed'), trace));
    }
    await runOffice({
        ...parts,
        newQueue: ({ observe, ...options }) => new BuyQueue({
            ...options,
            observe: (step) => {
                for (const observer of [...observers, observe])
                    observer(step);
            },
        }),
    });
}
//# sourceMappingURL=sandbox-office.js.map