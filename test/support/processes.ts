import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The output of a program and how it exited. */
export interface ExitResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running program. */
export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when the process has exited. Its children may live on and keep its pipes open. */
  readonly exited: Promise<unknown>;
  /** Resolves when the process has exited and its output is complete. */
  readonly ended: Promise<ExitResult>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The build's folder. This file itself may run from it. */
const dist = basename(root) === 'dist' ? root : join(root, 'dist');

/** The built file of a module of this project: `src/main`, `test/programs/x`. */
export const built = (path: string): string => join(dist, `${path}.js`);

export interface StartOptions {
  readonly args?: string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What it reads from stdin until the end; `open`: nothing, and no end. */
  readonly input?: string;
}

/** Starts a built program. Of this process's environment it inherits only PATH. */
export function start(
  path: string,
  { args = [], env = {}, cwd, input }: StartOptions = {},
): Running {
  const child = spawn(process.execPath, [built(path), ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  running.add(child);
  if (input !== 'open') child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const exited = once(child, 'exit');
  const ended = once(child, 'close').then(([code, signal]): ExitResult => {
    running.delete(child);
    return { code, signal, stdout, stderr };
  });
  return { child, pid: child.pid ?? 0, stdout: () => stdout, stderr: () => stderr, exited, ended };
}

/** Runs a built program until it exits. It is killed after four minutes. */
export async function run(...parameters: Parameters<typeof start>): Promise<ExitResult> {
  const { child, ended } = start(...parameters);
  const late = setTimeout(() => child.kill('SIGKILL'), 2 * PATIENCE_MS);
  try {
    return await ended;
  } finally {
    clearTimeout(late);
  }
}

/**
 * How long a test waits for a condition: many times what it takes, because the machine may be busy. A
 * shorter limit is for a test that is about the time itself.
 */
export const PATIENCE_MS = 120_000;

/** Polls until a condition is true. The error names the condition that it waited for. */
export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  withinMs = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`timed out after ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
