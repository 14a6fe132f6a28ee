import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { environmentOf } from '../settings.js';
import { UserError } from '../user-error.js';
import type { DatabaseMessage } from './database-process.js';
import { programPath } from './program-path.js';

/** How long the keeper may take to drop it. After that it goes on without being waited for. */
const DROP_MS_MAX = 15_000;

/** The server has no database for us. */
class NoSandboxDatabaseError extends UserError {
  override readonly exitCode: number;

  constructor({ why, exitCode }: Extract<DatabaseMessage, { type: 'failed' }>) {
    super(why);
    this.exitCode = exitCode;
  }
}

/**
 * A database for one sandbox, on somebody's server and apart from all that is there. Its keeper is a
 * process of its own, which Ctrl-C does not reach, and which drops it whatever becomes of this one.
 */
export class SandboxDatabase {
  readonly address: string;
  readonly #backgroundTask: ChildProcess;

  private constructor(address: string, keeper: ChildProcess) {
    this.address = address;
    this.#backgroundTask = keeper;
  }

  /**
   * @param server the address of any database of the server
   * @throws UnusableError when its role may not make one, or when no server answers
   */
  static async create(server: string): Promise<SandboxDatabase> {
    const keeper = spawn(process.execPath, [programPath('lab/database-process')], {
      // Not an argument: those can be seen by everybody on this machine, and there is a password in it.
      env: environmentOf({ DATABASE_URL: server }),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: process.platform !== 'win32',
    });
    const ended = once(keeper, 'exit').then((): [DatabaseMessage] => [
      { type: 'failed', why: 'the keeper of the sandbox’s database ended', exitCode: 1 },
    ]);
    const [message] = (await Promise.race([once(keeper, 'message'), ended])) as [DatabaseMessage];
    if (message.type === 'failed') throw new NoSandboxDatabaseError(message);
    return new SandboxDatabase(message.address, keeper);
  }

  /** Has it dropped. */
  letGo(): void {
    if (this.#backgroundTask.connected) this.#backgroundTask.disconnect();
  }

  /** Has it dropped, and waits until it is. */
  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#backgroundTask;
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#backgroundTask, 'exit', { signal: AbortSignal.timeout(DROP_MS_MAX) });
    this.letGo();
    await ended.catch(() => this.#backgroundTask.unref());
  }
}
