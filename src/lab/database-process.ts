import { databaseUrlOf } from '../settings.js';
import { createTemporary, dropTemporary } from '../store/postgres/temporary-database.js';
import { exitCodeFor, UserError } from '../user-error.js';
import { onParentExit, sendToParent } from './child-process.js';

/** The message to the parent process. */
export type DatabaseMessage =
  | { readonly type: 'created'; readonly address: string }
  | { readonly type: 'failed'; readonly why: string; readonly exitCode: number };

/**
 * Creates a database on the server of DATABASE_URL, and drops it once the parent process disconnects
 * or exits. It is a separate process because a parent that is killed can drop nothing.
 */
const parentExit = new Promise<void>((resolve) => onParentExit(resolve));
const send = (message: DatabaseMessage): Promise<void> => sendToParent(message);

try {
  const server = databaseUrlOf();
  // Without an address the client would connect to any server on this machine.
  if (server === undefined) throw new UserError('DATABASE_URL is not set');
  const address = await createTemporary(server);
  void send({ type: 'created', address });
  await parentExit;
  await dropTemporary(server, address);
} catch (error) {
  if (process.connected) {
    await send({ type: 'failed', why: (error as Error).message, exitCode: exitCodeFor(error) });
  }
}
process.exit();
