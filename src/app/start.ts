import cluster from 'node:cluster';
import { hasWorkerMark } from '../child-environment.js';
import { sendToPrimary } from '../cluster/messages.js';
import { ignoreFileSizeSignal } from '../cluster/signals.js';
import { exitCode } from '../exit-codes.js';
import { readSettings } from '../settings.js';
import { exitAfterOutput, surviveLostReaders, writeStderr } from '../standard-streams.js';
import { exitCodeFor, messageFor } from '../user-error.js';
import type { Dependencies } from './dependencies.js';

/** Runs a server: its primary in the process that was started, a worker in one that it forked. */
export async function start(dependencies: Dependencies): Promise<void> {
  surviveLostReaders();
  if (cluster.isWorker && !hasWorkerMark()) {
    writeStderr(
      'this process was started as a worker of another cluster (pm2 -i?): start one process, and set WORKERS\n',
    );
    return exitAfterOutput(exitCode.invalid);
  }
  try {
    const settings = readSettings();
    ignoreFileSizeSignal();
    if (cluster.isPrimary) {
      const { runPrimary } = await import('./primary.js');
      await runPrimary(settings, dependencies);
    } else {
      const { runWorker } = await import('./worker.js');
      await runWorker(settings, dependencies);
    }
  } catch (error) {
    const message = messageFor(error);
    if (message === undefined) throw error;
    const code = exitCodeFor(error);
    if (cluster.isPrimary) writeStderr(`${message}\n`);
    else await sendToPrimary({ type: 'fatal', exitCode: code, message });
    exitAfterOutput(code);
  }
}
