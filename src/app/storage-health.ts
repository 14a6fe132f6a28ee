import { access, constants } from 'node:fs/promises';
import type { Fault } from '../booking/faults.js';
import type { Health } from '../http/app-context.js';
import type { Settings } from '../settings.js';

/** What a worker knows of its storage without selling anything. */
export class StorageHealth {
  readonly #folder: string | undefined;
  readonly #appendsOnly: boolean;
  readonly #sales: () => number;
  /** The newest fault of the storage, and how many sales there were before it. */
  #failed: { readonly message: string; readonly sales: number } | undefined;

  /**
   * @param folder the folder of the tickets; `undefined` if they are in a database
   * @param sales counts the sales so far
   */
  constructor(folder: string | undefined, { STORE, LOCK_MODE }: Settings, sales: () => number) {
    this.#folder = folder;
    // The ledger appends to a file that is open already; all others create files in the folder.
    this.#appendsOnly = STORE === 'ledger' && LOCK_MODE !== 'file';
    this.#sales = sales;
  }

  /** Remembers a fault of the storage until the next sale. A full disk is the usual one. */
  onFault({ code, message }: Fault): void {
    if (code === 'STORAGE') this.#failed = { message, sales: this.#sales() };
  }

  async read(): Promise<Health> {
    const error = this.#folder === undefined ? undefined : await writeError(this.#folder);
    if (error !== undefined) {
      const canSell = this.#appendsOnly && (error === 'EACCES' || error === 'EPERM');
      return { canSell, problem: `The folder of the tickets cannot be written (${error})` };
    }
    const failed = this.#failed !== undefined && this.#failed.sales === this.#sales();
    return { canSell: true, problem: failed ? 'The last sale failed: see the log' : undefined };
  }
}

/** Why no file can be created in a folder, such as `EROFS`; `undefined` if one can. */
const writeError = (folder: string): Promise<string | undefined> =>
  access(folder, constants.W_OK | constants.X_OK).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
