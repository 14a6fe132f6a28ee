import cluster from 'node:cluster';
import { sendToPrimary } from '../cluster/messages.js';
import { ignoreFileSizeSignal } from '../cluster/signals.js';
import { readSettings } from '../settings.js';
import { exitCodeFor, messageFor } from '../user-error.js';
import type { Dependencies } from './dependencies.js';

/** Runs an office of these parts: the primary where it is started, a worker where that forked it. */
export async function start(dependencies: Dependencies): Promise<void> {
  try {
    const settings = readSettings();
    ignoreFileSizeSignal();
    // Each loads only what it runs: the primary has no use for an HTTP server, and starts sooner.
    if (cluster.isPrimary) await (await import('./primary.js')).runPrimary(settings, dependencies);
    else await (await import('./worker.js')).runWorker(settings, dependencies);
  } catch (error) {
    const line = messageFor(error);
    if (line === undefined) throw error;
    if (cluster.isPrimary) process.stderr.write(`${line}\n`);
    else await sendToPrimary({ type: 'fatal', exitCode: exitCodeFor(error), line });
    process.exit(exitCodeFor(error));
  }
}
