import cluster from 'node:cluster';
import { rmSync } from 'node:fs';
import type { StepListener } from '../booking/sale-steps.js';
import { onParentExit } from '../lab/child-process.js';
import { injectFault, stepBeforeFault } from '../lab/inject-fault.js';
import { traceFolder } from '../lab/sandbox-folder.js';
import { TraceRecorder } from '../lab/trace-recorder.js';
import { readSettings } from '../settings.js';
import type { InjectedFault } from '../timeline/report.js';
import { dependencies } from './dependencies.js';
import { start } from './start.js';

/**
 * The server of a sandbox: `FOLDER [kill|stop]`. It is the usual server with the usual dependencies,
 * whose workers also record every step in FOLDER. If its parent process exits, it kills its workers,
 * including stopped ones, removes FOLDER, and exits.
 */
const [folder = '', fault] = process.argv.slice(2);

if (cluster.isPrimary) {
  onParentExit(() => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    process.exit();
  });
  await start(dependencies);
} else {
  const trace = new TraceRecorder(traceFolder(folder));
  const listeners: StepListener[] = [trace.onStep];
  if (fault !== undefined) {
    const injected = fault as InjectedFault;
    const afterStep = stepBeforeFault(injected, readSettings().STORE);
    listeners.push(injectFault(injected, afterStep, folder, trace));
  }
  await start({ ...dependencies, stepListeners: listeners });
}
