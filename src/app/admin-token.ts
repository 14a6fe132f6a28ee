import { join } from 'node:path';
import type { Settings } from '../settings.js';
import { UserError } from '../user-error.js';
import { createSecretFile, hasFolder, readSecretFile } from './secret-file.js';

/** What fits into `Authorization: Bearer`, as the setting `ADMIN_TOKEN` has it. */
const TOKEN = /^[\x21-\x7e]{16,1024}$/;

const tokenIn = ({ DATA_DIR }: Settings): string => join(DATA_DIR, 'admin.token');

const isInFolder = (settings: Settings): boolean =>
  settings.ADMIN_TOKEN === undefined && hasFolder(settings);

/** Creates `admin.token` in the folder unless there is one, or ADMIN_TOKEN is set. */
export async function createAdminToken(settings: Settings): Promise<void> {
  if (isInFolder(settings)) await createSecretFile(tokenIn(settings));
}

/**
 * What operators send: `ADMIN_TOKEN`, or the content of `admin.token`; `undefined` with a database and
 * no `ADMIN_TOKEN`. The primary reads it once and gives it to its workers: if the file is changed or
 * removed meanwhile, a worker that is replaced must not know another token than the others.
 *
 * @throws UserError when the file is missing, is a link, or has no token
 */
export async function readAdminToken(settings: Settings): Promise<string | undefined> {
  if (!isInFolder(settings)) return settings.ADMIN_TOKEN;
  const path = tokenIn(settings);
  const token = await readSecretFile(path);
  if (TOKEN.test(token)) return token;
  throw new UserError(
    `${path} is not an admin token of 16 to 1024 characters without spaces: remove it and start again, or set ADMIN_TOKEN`,
  );
}
