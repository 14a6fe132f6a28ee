import { existsSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
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
];
const orderFile = (folder, pid) => join(folder, `order.${pid}.json`);
/**
 * Gives an order to a process of `test/programs/failing-office`, and waits until it has it.
 *
 * @param folder what the program got as FAILPOINTS
 */
export async function arm(folder, pid, order) {
    const path = orderFile(folder, pid);
    writeFileSync(path, JSON.stringify(order));
    process.kill(pid, 'SIGUSR2');
    await until(`process ${pid} has its order`, () => !existsSync(path));
}
/** The failpoints of this process. */
export class Failpoints {
    #armed;
    #announced = false;
    #passed = 0;
    /** Takes orders from now on, and says on stderr what goes off. */
    listen(folder) {
        this.#announced = true;
        process.on('SIGUSR2', () => {
            const path = orderFile(folder, process.pid);
            this.obey(JSON.parse(readFileSync(path, 'utf8')));
            rmSync(path);
        });
    }
    obey(order) {
        if ('clockMs' in order)
            setClock(order.clockMs);
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
    disarm() {
        const spent = this.#armed === undefined;
        this.#armed = undefined;
        return spent;
    }
    /** Tells that something is about to happen, and answers the failpoint that goes off there. */
    reach(at) {
        const point = this.#armed;
        const here = point?.at === 'fileCall' ? fileCalls.some((call) => call === at) : point?.at === at;
        if (point === undefined || !here || this.#passed++ < (point.after ?? 0))
            return undefined;
        if (point.forEver !== true)
            this.#armed = undefined;
        // At once and as a whole: in the next moment this process may be gone.
        if (this.#announced)
            writeSync(2, `failpoint: ${process.pid} ${point.how} ${at}\n`);
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
    in(parts) {
        return {
            ...parts,
            newQueue: (options) => parts.newQueue({
                ...options,
                observe: (step) => {
                    options.observe(step);
                    this.reach(step.name);
                },
            }),
        };
    }
}
//# sourceMappingURL=failpoints.js.map