import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { environmentOf } from '../settings.js';
import { UnusableError } from '../unusable.js';
import { labProgram } from './program.js';
/** How long the keeper may take to drop it. After that it goes on without being waited for. */
const DROP_MS_MAX = 15_000;
/** The server has no database for us. */
class NoSandboxDatabaseError extends UnusableError {
    exitCode;
    constructor({ why, exitCode }) {
        super(why);
        this.exitCode = exitCode;
    }
}
/**
 * A database for one sandbox, on somebody's server and apart from all that is there. Its keeper is a
 * process of its own, which Ctrl-C does not reach, and which drops it whatever becomes of this one.
 */
export class SandboxDatabase {
    address;
    #keeper;
    constructor(address, keeper) {
        this.address = address;
        this.#keeper = keeper;
    }
    /**
     * @param server the address of any database of the server
     * @throws UnusableError when its role may not make one, or when no server answers
     */
    static async create(server) {
        const keeper = spawn(process.execPath, [labProgram('database-keeper')], {
            // Not an argument: those can be seen by everybody on this machine, and there is a password in it.
            env: environmentOf({ DATABASE_URL: server }),
            stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
            detached: process.platform !== 'win32',
        });
        const ended = once(keeper, 'exit').then(() => [
            { type: 'failed', why: 'the keeper of the sandbox’s database ended', exitCode: 1 },
        ]);
        const [message] = (await Promise.race([once(keeper, 'message'), ended]));
        if (message.type === 'failed')
            throw new NoSandboxDatabaseError(message);
        return new SandboxDatabase(message.address, keeper);
    }
    /** Has it dropped. */
    letGo() {
        if (this.#keeper.connected)
            this.#keeper.disconnect();
    }
    /** Has it dropped, and waits until it is. */
    async close() {
        const { exitCode, signalCode } = this.#keeper;
        if (exitCode !== null || signalCode !== null)
            return;
        const ended = once(this.#keeper, 'exit', { signal: AbortSignal.timeout(DROP_MS_MAX) });
        this.letGo();
        await ended.catch(() => this.#keeper.unref());
    }
}
//# sourceMappingURL=sandbox-database.js.map