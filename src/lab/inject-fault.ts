import { existsSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepName } from '../booking/sale-steps.js';
import type { InjectedFault } from '../timeline/report.js';
import type { TracedName } from './trace.js';
import type { TraceRecorder } from './trace-recorder.js';

/**
 * The step after which a fault is injected: the process has read the state, and has not written yet. The
 * json store looks at its lock right before it writes: a process that is stopped earlier gives up.
 */
export const stepBeforeFault = (fault: InjectedFault, store: string): StepName =>
  fault === 'stop' && store === 'json' ? 'lockChecked' : 'loaded';

const signals = { kill: 'SIGKILL', stop: 'SIGSTOP' } as const;

/** The file that the target of a fault creates, with its pid in it. */
const targetFile = (folder: string): string => join(folder, 'fault-target');

/**
 * Kills or stops this worker right after a step, if no other worker of the sandbox was the target before
 * it. Runs in the worker.
 *
 * @param folder the folder of the sandbox
 */
export function injectFault(
  fault: InjectedFault,
  afterStep: TracedName,
  folder: string,
  trace: TraceRecorder,
): (step: { readonly name: TracedName }) => void {
  return ({ name }) => {
    if (name !== afterStep || !becomeTarget(folder)) return;
    trace.mark(fault === 'kill' ? 'killed' : 'stopped');
    trace.flush(); // a killed process cannot do it later
    process.kill(process.pid, signals[fault]);
    trace.mark('continued');
  };
}

/** Whether this process is the first one to create the target file. */
function becomeTarget(folder: string): boolean {
  try {
    writeFileSync(targetFile(folder), String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

/** The pid of the worker that was killed or stopped; `undefined` until one was. */
export async function faultTarget(folder: string): Promise<number | undefined> {
  if (!existsSync(targetFile(folder))) return undefined;
  // The file is created first and filled next: it may still be empty.
  return Number(await readFile(targetFile(folder), 'utf8')) || undefined;
}

/** Resumes a worker that `injectFault` stopped. */
export function resumeWorker(pid: number): void {
  process.kill(pid, 'SIGCONT');
}

/** Removes the target file: the next worker that reads the state becomes the target. */
export const clearFault = (folder: string): Promise<void> =>
  rm(targetFile(folder), { force: true });
