import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { environmentOf } from '../child-environment.js';
import { UserError } from '../user-error.js';
import { programPath } from './child-process.js';
import type { DatabaseMessage } from './database-process.js';

/** How long dropping the database may take. After that it continues in the background. */
const DROP_MS_MAX = 15_000;

/** The server cannot be reached, or its role may not create a database. */
class NoSandboxDatabaseError extends UserError {
  override readonly exitCode: number;

  constructor({ why, exitCode }: Extract<DatabaseMessage, { type: 'failed' }>) {
    super(why);
    this.exitCode = exitCode;
  }
}

/**
 * A temporary database for one sandbox, beside the user's databases on the same server. A separate
 * process owns it, which Ctrl-C does not reach, and which drops it even if this process is killed.
 */
export class SandboxDatabase {
  readonly address: string;
  readonly #owner: ChildProcess;

  private constructor(address: string, owner: ChildProcess) {
    this.address = address;
    this.#owner = owner;
  }

  /**
   * @param server the address of any database of the server
   * @throws UserError if its role may not create a database, or the server cannot be reached
   */
  static async create(server: string): Promise<SandboxDatabase> {
    const owner = spawn(process.execPath, [programPath('lab/database-process')], {
      // Not as an argument: every user of the machine can see those, and the address has a password.
      env: environmentOf({ DATABASE_URL: server }),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: process.platform !== 'win32',
    });
    const exited = once(owner, 'exit').then((): [DatabaseMessage] => [
      { type: 'failed', why: 'the process that creates the sandbox database exited', exitCode: 1 },
    ]);
    const [message] = (await Promise.race([once(owner, 'message'), exited])) as [DatabaseMessage];
    if (message.type === 'failed') throw new NoSandboxDatabaseError(message);
    return new SandboxDatabase(message.address, owner);
  }

  /** Lets its process drop it. */
  release(): void {
    if (this.#owner.connected) this.#owner.disconnect();
  }

  /** Lets its process drop it, and waits until that is done. */
  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#owner;
    if (exitCode !== null || signalCode !== null) return;
    const exited = once(this.#owner, 'exit', { signal: AbortSignal.timeout(DROP_MS_MAX) });
    this.release();
    await exited.catch(() => this.#owner.unref());
  }
}
