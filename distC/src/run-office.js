import cluster from 'node:cluster';
import { tellPrimary } from './cluster/messages.js';
import { outliveFullFiles } from './cluster/signals.js';
import { readSettings } from './settings.js';
import { exitCodeFor, lineFor } from './unusable.js';
/** Runs an office of these parts: the primary where it is started, a worker where that forked it. */
export async function runOffice(parts) {
    try {
        const settings = readSettings();
        outliveFullFiles();
        // Each loads only what it runs: the primary has no use for an HTTP server, and starts sooner.
        if (cluster.isPrimary)
            await (await import('./cluster/primary.js')).runPrimary(settings, parts);
        else
            await (await import('./cluster/worker.js')).runWorker(settings, parts);
    }
    catch (error) {
        const line = lineFor(error);
        if (line === undefined)
            throw error;
        if (cluster.isPrimary)
            process.stderr.write(`${line}\n`);
        else
            await tellPrimary({ type: 'fatal', exitCode: exitCodeFor(error), line });
        process.exit(exitCodeFor(error));
    }
}
//# sourceMappingURL=run-office.js.map