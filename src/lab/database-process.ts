import { databaseUrlOf } from '../settings.js';
import { createTemporary, dropTemporary } from '../store/postgres/temporary-database.js';
import { exitCodeFor, UserError } from '../user-error.js';
import { onParentExit } from './on-parent-exit.js';

/** What a keeper tells who started it. */
export type DatabaseMessage =
  | { readonly type: 'made'; readonly address: string }
  | { readonly type: 'failed'; readonly why: string; readonly exitCode: number };

/**
 * Makes a database on the server of DATABASE_URL, and drops it when the process that started this
 * one lets go of it, or is gone. A process that is killed drops nothing; this one is still there.
 */
const alone = new Promise<void>((resolve) => onParentExit(resolve));
const emit = (message: DatabaseMessage): Promise<void> =>
  new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));

try {
  const server = databaseUrlOf();
  // Without an address a client would take whatever server listens on this machine.
  if (server === undefined) throw new UserError('there is no DATABASE_URL');
  const address = await createTemporary(server);
  void emit({ type: 'made', address });
  await alone;
  await dropTemporary(server, address);
} catch (error) {
  if (process.connected) {
    await emit({ type: 'failed', why: (error as Error).message, exitCode: exitCodeFor(error) });
  }
}
process.exit();
