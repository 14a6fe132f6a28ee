import { existsSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Dependencies } from '../../src/app/dependencies.js';
import type { StepName } from '../../src/booking/steps.js';
import { setClock } from './false-clock.js';
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

/** Where a process is disturbed, and how. */
export interface Failpoint {
  /** A step of a sale, or a call on a file of the office's folder: one kind, or any. */
  readonly at: StepName | FileCall | 'fileCall';
  /** So many pass undisturbed before. */
  readonly after?: number;
  /**
   * - `kill`, `stop`: SIGKILL, SIGSTOP, right there
   * - `delay`: nothing else happens in this process for `ms`
   * - `fail`: an error with this `code`
   * - `half`: a write that writes half, and says so
   * - `tear`: a write that writes half, and the process is killed
   */
  readonly how: 'kill' | 'stop' | 'delay' | 'fail' | 'half' | 'tear';
  readonly ms?: number;
  readonly code?: string;
  /** Goes off every time from then on, not once. */
  readonly forEver?: boolean;
}

/** What a process is told to do: fail somewhere, or believe that it is another time. */
export type Order = Failpoint | { readonly clockMs: number };

const orderFile = (folder: string, pid: number): string => join(folder, `order.${pid}.json`);

/**
 * Gives an order to a process of `test/programs/failing-office`, and waits until it has it.
 *
 * @param folder what the program got as FAILPOINTS
 */
export async function arm(folder: string, pid: number, order: Order): Promise<void> {
  const path = orderFile(folder, pid);
  writeFileSync(path, JSON.stringify(order));
  process.kill(pid, 'SIGUSR2');
  await until(`process ${pid} has its order`, () => !existsSync(path));
}

/** The failpoints of this process. */
export class Failpoints {
  #armed: Failpoint | undefined;
  #announced = false;
  #passed = 0;

  /** Takes orders from now on, and says on stderr what goes off. */
  listen(folder: string): void {
    this.#announced = true;
    process.on('SIGUSR2', () => {
      const path = orderFile(folder, process.pid);
      this.obey(JSON.parse(readFileSync(path, 'utf8')));
      rmSync(path);
    });
  }

  obey(order: Order): void {
    if ('clockMs' in order) setClock(order.clockMs);
    else {
      this.#armed = order;
      this.#passed = 0;
    }
  }

  /**
   * Takes back what was armed.
   *
   * @returns whether it had gone off
   */
  disarm(): boolean {
    const spent = this.#armed === undefined;
    this.#armed = undefined;
    return spent;
  }

  /** Tells that something is about to happen, and answers the failpoint that goes off there. */
  reach(at: StepName | FileCall): Failpoint | undefined {
    const point = this.#armed;
    const here =
      point?.at === 'fileCall' ? fileCalls.some((call) => call === at) : point?.at === at;
    if (point === undefined || !here || this.#passed++ < (point.after ?? 0)) return undefined;
    if (point.forEver !== true) this.#armed = undefined;
    // At once and as a whole: in the next moment this process may be gone.
    if (this.#announced) writeSync(2, `failpoint: ${process.pid} ${point.how} ${at}\n`);
    switch (point.how) {
      case 'kill':
      case 'stop':
        process.kill(process.pid, point.how === 'kill' ? 'SIGKILL' : 'SIGSTOP');
        break;
      case 'delay':
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, point.ms ?? 0);
        break;
      case 'fail':
        throw Object.assign(new Error(`${point.code} by order`), { code: point.code });
    }
    return point;
  }

  /** Parts whose sales pass the failpoints at every step. */
  in(dependencies: Dependencies): Dependencies {
    return {
      ...dependencies,
      stepListeners: [...dependencies.stepListeners, ({ name }) => void this.reach(name)],
    };
  }
}
