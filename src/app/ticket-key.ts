import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Settings } from '../settings.js';
import { stores } from '../store/registry.js';
import { createFile, readIfExists } from '../store/shared/files.js';
import { UserError } from '../user-error.js';

const KEY_LENGTH_MIN = 16;

const keyIn = ({ DATA_DIR }: Settings): string => join(DATA_DIR, 'ticket.key');

/** Whether the folder has the key. Servers on one database share no folder, so none is made there. */
const isInFolder = ({ STORE, ORDER_SECRET }: Settings): boolean =>
  ORDER_SECRET === undefined && stores[STORE].storedIn === 'folder';

/** Creates `ticket.key` in the folder, which only its owner may read, unless there is one. */
export async function createTicketKey(settings: Settings): Promise<void> {
  if (!isInFolder(settings)) return;
  await createFile(keyIn(settings), `${randomBytes(32).toString('base64url')}\n`, 0o600);
}

/**
 * The secret from which codes of tickets and doors are computed: `ORDER_SECRET`, or the content of
 * `ticket.key`; with a database `ADMIN_TOKEN`, which all of its servers have in common, too. `undefined`
 * with a database and neither: then there are no codes.
 *
 * @throws UserError when the file is missing or too short
 */
export async function readTicketKey(settings: Settings): Promise<string | undefined> {
  if (!isInFolder(settings)) return settings.ORDER_SECRET ?? settings.ADMIN_TOKEN;
  const path = keyIn(settings);
  const key = (await readIfExists(path))?.toString('utf8').trim() ?? '';
  if (key.length >= KEY_LENGTH_MIN) return key;
  throw new UserError(
    `${path} is not a key of ${KEY_LENGTH_MIN} characters or more: restore it from a backup, or remove it and start again (tickets that were sold then get other codes)`,
  );
}
