import cluster from 'node:cluster';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StepListener } from '../booking/steps.js';
import { injectFault } from '../lab/inject-fault.js';
import { onParentExit } from '../lab/on-parent-exit.js';
import { StepRecorder } from '../lab/step-recorder.js';
import type { InjectedFault } from '../timeline/report.js';
import { dependencies } from './dependencies.js';
import { start } from './start.js';

/**
 * The office of a sandbox: `FOLDER [kill|stop]`. It is the office that everybody runs, of the same
 * parts, and its workers note every step in FOLDER. Should the process go away that started it, it
 * ends at once, stopped workers too, and takes FOLDER with it.
 */
const [folder = '', disturbance] = process.argv.slice(2);

if (cluster.isPrimary) {
  onParentExit(() => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    process.exit();
  });
  await start(dependencies);
} else {
  const trace = new StepRecorder(join(folder, 'trace'));
  const listeners: StepListener[] = [trace.onStep];
  if (disturbance !== undefined) {
    listeners.push(injectFault(disturbance as InjectedFault, join(folder, 'disturbed'), trace));
  }
  await start({ ...dependencies, stepListeners: listeners });
}
