import cluster from 'node:cluster';
import { tellPrimary } from './cluster/messages.js';
import { runPrimary } from './cluster/primary.js';
import { runWorker } from './cluster/worker.js';
import type { Parts } from './parts.js';
import { readSettings } from './settings.js';
import { exitCodeFor, lineFor } from './unusable.js';

/** Runs an office of these parts: the primary where it is started, a worker where that forked it. */
export async function runOffice(parts: Parts): Promise<void> {
  const run = cluster.isPrimary ? runPrimary : runWorker;
  try {
    await run(readSettings(), parts);
  } catch (error) {
    const line = lineFor(error);
    if (line === undefined) throw error;
    if (cluster.isPrimary) process.stderr.write(`${line}\n`);
    else await tellPrimary({ type: 'fatal', exitCode: exitCodeFor(error), line });
    process.exit(exitCodeFor(error));
  }
}
