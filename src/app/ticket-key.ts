import { join } from 'node:path';
import type { Settings } from '../settings.js';
import { UserError } from '../user-error.js';
import { createSecretFile, hasFolder, readSecretFile } from './secret-file.js';

const KEY_LENGTH_MIN = 16;

const keyIn = ({ DATA_DIR }: Settings): string => join(DATA_DIR, 'ticket.key');

const isInFolder = (settings: Settings): boolean =>
  settings.ORDER_SECRET === undefined && hasFolder(settings);

/** Creates `ticket.key` in the folder unless there is one, or ORDER_SECRET is set. */
export async function createTicketKey(settings: Settings): Promise<void> {
  if (isInFolder(settings)) await createSecretFile(keyIn(settings));
}

/**
 * The secret from which codes of tickets and doors are computed: `ORDER_SECRET`, or the content of
 * `ticket.key`; with a database `ADMIN_TOKEN`, which all of its servers have in common, too. `undefined`
 * with a database and neither: then there are no codes.
 *
 * @throws UserError when the file is missing, is a link, or is too short
 */
export async function readTicketKey(settings: Settings): Promise<string | undefined> {
  if (!isInFolder(settings)) return settings.ORDER_SECRET ?? settings.ADMIN_TOKEN;
  const path = keyIn(settings);
  const key = await readSecretFile(path);
  if (key.length >= KEY_LENGTH_MIN) return key;
  throw new UserError(
    `${path} is not a key of ${KEY_LENGTH_MIN} characters or more: restore it from a backup, or remove it and start again (tickets that were sold then get other codes)`,
  );
}
