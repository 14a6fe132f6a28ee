import { writeFileSync } from 'node:fs';
import type { StepListener, StepName } from '../booking/steps.js';
import type { InjectedFault } from '../timeline/report.js';
import type { StepRecorder } from './step-recorder.js';

/** When it happens: the state has been read, and what is written will rest on it. */
const AFTER: StepName = 'loaded';

const signals = { kill: 'SIGKILL', stop: 'SIGSTOP' } as const;

/**
 * Kills or stops this process right after it has read, if it is the first one to come there.
 *
 * @param claim a file that whoever it befalls makes, with its pid; when it is removed, the next may
 */
export function injectFault(kind: InjectedFault, claim: string, trace: StepRecorder): StepListener {
  return ({ name }) => {
    if (name !== AFTER || !claimed(claim)) return;
    trace.mark(kind === 'kill' ? 'killed' : 'stopped');
    trace.flush(); // nobody will do so later
    process.kill(process.pid, signals[kind]);
    trace.mark('continued');
  };
}

function claimed(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}
