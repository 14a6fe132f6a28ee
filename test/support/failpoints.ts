import { existsSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Dependencies } from '../../src/app/dependencies.js';
import type { StepName } from '../../src/booking/sale-steps.js';
import { setClockOffset } from './clock-offset.js';
import { until } from './processes.js';

const fileCalls = [
  'open',
  'read',
  'write',
  'writeFile',
  'datasync',
  'sync',
  'rename',
  'link',
  'rmdir',
] as const;
/** File calls that a failpoint can hang on. */
export type FileCall = (typeof fileCalls)[number];

/** A fault that is injected into a process: where, and what happens. */
export interface Failpoint {
  /** A step of a sale, or a call on a file in the server's folder: one kind of call, or any. */
  readonly at: StepName | FileCall | 'fileCall';
  /** How many times the process passes before the failpoint fires; 0 by default. */
  readonly after?: number;
  /**
   * - `kill`, `stop`: the process gets SIGKILL or SIGSTOP
   * - `delay`: blocks the event loop for `ms`
   * - `fail`: throws an error with this `code`
   * - `half`: a short write: half of the bytes, with the right count
   * - `tear`: writes half of the bytes, then the process gets SIGKILL
   */
  readonly action: 'kill' | 'stop' | 'delay' | 'fail' | 'half' | 'tear';
  readonly ms?: number;
  readonly code?: string;
  /** Fires every time from then on, instead of once. */
  readonly repeat?: boolean;
}

/** A command to a process: arm a failpoint, or shift its clock. */
export type FailpointCommand = Failpoint | { readonly clockMs: number };

const commandFile = (folder: string, pid: number): string => join(folder, `command.${pid}.json`);

/**
 * Sends a command to a process of `test/programs/failpoints` and waits until it has read it.
 *
 * @param folder the program's FAILPOINTS
 */
export async function arm(folder: string, pid: number, command: FailpointCommand): Promise<void> {
  const path = commandFile(folder, pid);
  writeFileSync(path, JSON.stringify(command));
  process.kill(pid, 'SIGUSR2');
  await until(`process ${pid} has read its command`, () => !existsSync(path));
}

/** The failpoints of this process. */
export class Failpoints {
  #armed: Failpoint | undefined;
  #announced = false;
  #passed = 0;

  /** Obeys commands from now on, and writes a line to stderr when a failpoint fires. */
  listen(folder: string): void {
    this.#announced = true;
    process.on('SIGUSR2', () => {
      const path = commandFile(folder, process.pid);
      this.obey(JSON.parse(readFileSync(path, 'utf8')));
      rmSync(path);
    });
  }

  obey(command: FailpointCommand): void {
    if ('clockMs' in command) setClockOffset(command.clockMs);
    else {
      this.#armed = command;
      this.#passed = 0;
    }
  }

  /**
   * Disarms the failpoint.
   *
   * @returns whether it had fired
   */
  disarm(): boolean {
    const spent = this.#armed === undefined;
    this.#armed = undefined;
    return spent;
  }

  /** Reports that this process is about to do something. Returns the failpoint that fires there. */
  reach(at: StepName | FileCall): Failpoint | undefined {
    const point = this.#armed;
    const here =
      point?.at === 'fileCall' ? fileCalls.some((call) => call === at) : point?.at === at;
    if (point === undefined || !here || this.#passed++ < (point.after ?? 0)) return undefined;
    if (point.repeat !== true) this.#armed = undefined;
    // Synchronously: the process may be killed next.
    if (this.#announced) writeSync(2, `failpoint: ${process.pid} ${point.action} ${at}\n`);
    switch (point.action) {
      case 'kill':
      case 'stop':
        process.kill(process.pid, point.action === 'kill' ? 'SIGKILL' : 'SIGSTOP');
        break;
      case 'delay':
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, point.ms ?? 0);
        break;
      case 'fail':
        throw Object.assign(new Error(`${point.code} injected`), { code: point.code });
    }
    return point;
  }

  /** Dependencies whose sales reach the failpoints at every step. */
  in(dependencies: Dependencies): Dependencies {
    return {
      ...dependencies,
      stepListeners: [...dependencies.stepListeners, ({ name }) => void this.reach(name)],
    };
  }
}
