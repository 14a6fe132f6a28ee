import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The path of a compiled program, such as `lab/runner`, seen from `dist` or, in tests, from `src`. */
export function programPath(name: string): string {
  const paths = [`../${name}.js`, `../../dist/src/${name}.js`];
  const found = paths
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name} is not built: run npm run build`);
  return found;
}

/**
 * Calls back once the parent process has exited or disconnected. If that happened while this program
 * was still loading, it calls back at once.
 */
export function onParentExit(callback: () => void): void {
  process.once('disconnect', callback);
  if (!process.connected) callback();
}

/** Sends a message to the parent process. Resolves once it is sent, or cannot be. */
export const sendToParent = (message: object): Promise<void> =>
  new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));

/** Windows has no process groups; there the processes of a child exit because their parent is gone. */
export const canSignalGroups = process.platform !== 'win32';

/** Kills a child that leads a process group, and all of the group, stopped processes too. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (canSignalGroups) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch (error) {
    // ESRCH: every process of the group has exited.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
