import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Progress } from '../timeline/lab-status.js';
import type { Setting } from '../timeline/setting.js';
import { buildTimeline, type Timeline } from './build-timeline.js';
import { programPath } from './child-process.js';
import { hasLock } from './experiment-setting.js';
import { removeAbandonedFolders, traceFolder } from './sandbox-folder.js';
import { linesSince, sharedClock, TraceReader } from './trace.js';

/** Processes that are no workers of a server: each runs a small program of the lab, once. */
export interface ProgramRun {
  /** The program: it says that it is ready, begins when its parent sends a message, and exits. */
  readonly program: string;
  /** What each process is started with, as JSON. */
  readonly settings: readonly object[];
  /** Contains the folder of their traces. */
  readonly folder: string;
  /** What is there before they begin: tickets, or messages. */
  readonly remaining: number;
  readonly setting: Setting;
  readonly onPhase: (phase: Progress['phase']) => void;
  /** Kills them. */
  readonly signal: AbortSignal;
}

/** Uses a temporary folder, and removes it afterwards, also if this process exits before. */
export async function withFolder<T>(
  create: () => string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  await removeAbandonedFolders();
  const folder = create();
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    return await use(folder);
  } finally {
    remove();
    process.off('exit', remove);
  }
}

/** Lets all processes begin at the same time, and waits until they have exited. */
export async function runPrograms(run: ProgramRun): Promise<Timeline> {
  const { program, settings, folder, remaining, setting, onPhase, signal } = run;
  const processes: ChildProcess[] = [];
  try {
    for (const each of settings) processes.push(start(program, each, signal));
    const ended = Promise.all(processes.map(end));
    ended.catch(() => {}); // awaited below
    await Promise.race([Promise.all(processes.map((each) => once(each, 'message'))), ended]);
    const began = sharedClock();
    onPhase('selling');
    for (const each of processes) each.send({ type: 'begin' });
    await ended;
    onPhase('judging');
    const traced = await new TraceReader(traceFolder(folder)).readNewLines();
    return buildTimeline(linesSince(traced, began), { version: 0, remaining }, hasLock(setting));
  } finally {
    for (const each of processes) each.kill('SIGKILL');
  }
}

const start = (program: string, settings: object, signal: AbortSignal): ChildProcess =>
  spawn(process.execPath, [programPath(program), JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    signal,
    killSignal: 'SIGKILL',
  });

/** Waits until a process has exited, or was killed. @throws Error with its stderr */
async function end(child: ChildProcess): Promise<void> {
  const [stderr, [code]] = await Promise.all([
    text(child.stderr as NonNullable<ChildProcess['stderr']>),
    once(child, 'close'),
  ]);
  if (code !== 0 && code !== null) throw new Error(`a process exited: ${stderr.slice(-2_000)}`);
}
