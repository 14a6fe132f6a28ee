import { access, constants, statfs } from 'node:fs/promises';
import type { Fault } from '../booking/faults.js';
import type { Health } from '../http/app-context.js';
import type { Settings } from '../settings.js';

/**
 * How long a failed sale counts if no other one follows. What is still wrong then is found again: by a
 * look at the folder, or by the next sale.
 */
const FAILED_MS = 10_000;

export interface StorageHealthOptions {
  /** The folder of the tickets; `undefined` if they are in a database. */
  readonly folder: string | undefined;
  readonly settings: Pick<Settings, 'STORE' | 'LOCK_MODE'>;
  /** Counts the sales so far. */
  readonly sales: () => number;
  /** What keeps the lock from being granted to anybody. */
  readonly lockObstacle: () => string | undefined;
  readonly now?: () => number;
}

/** What a worker knows of its storage without selling anything. */
export class StorageHealth {
  readonly #options: StorageHealthOptions;
  readonly #appendsOnly: boolean;
  readonly #now: () => number;
  /** The newest fault of the storage, and how many sales there were before it. */
  #failed: { readonly at: number; readonly sales: number } | undefined;

  constructor(options: StorageHealthOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    const { STORE, LOCK_MODE } = options.settings;
    // The ledger appends to a file that is open already; all others create files in the folder.
    this.#appendsOnly = STORE === 'ledger' && LOCK_MODE !== 'file';
  }

  /** Remembers a fault of the storage until the next sale. A full disk is the usual one. */
  onFault({ code }: Pick<Fault, 'code'>): void {
    if (code === 'STORAGE') this.#failed = { at: this.#now(), sales: this.#options.sales() };
  }

  async read(): Promise<Health> {
    const { folder, lockObstacle } = this.#options;
    if (folder !== undefined) {
      const error = await writeError(folder);
      if (error !== undefined) {
        const canSell = this.#appendsOnly && (error === 'EACCES' || error === 'EPERM');
        return { canSell, problem: `The folder of the tickets cannot be written (${error})` };
      }
      const obstacle = lockObstacle();
      if (obstacle !== undefined) return { canSell: false, problem: obstacle };
      if (await isFull(folder))
        return { canSell: true, problem: 'The disk of the tickets is full' };
    }
    return {
      canSell: true,
      problem: this.#hasFailed() ? 'The last sale failed: see the log' : undefined,
    };
  }

  #hasFailed(): boolean {
    if (this.#failed === undefined || this.#failed.sales !== this.#options.sales()) return false;
    return this.#now() - this.#failed.at < FAILED_MS;
  }
}

/** Why no file can be created in a folder, such as `EROFS`; `undefined` if one can. */
const writeError = (folder: string): Promise<string | undefined> =>
  access(folder, constants.W_OK | constants.X_OK).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );

/** Whether no block of the file system is left. One that counts no blocks does not tell. */
const isFull = (folder: string): Promise<boolean> =>
  statfs(folder).then(
    ({ blocks, bavail }) => blocks > 0 && bavail <= 0,
    () => false,
  );
