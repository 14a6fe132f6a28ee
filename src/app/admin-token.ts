import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Settings } from '../settings.js';
import { stores } from '../store/registry.js';
import { createFile, readIfExists } from '../store/shared/files.js';
import { UserError } from '../user-error.js';

/** What fits into `Authorization: Bearer`, as the setting `ADMIN_TOKEN` has it. */
const TOKEN = /^[\x21-\x7e]{16,1024}$/;

const tokenIn = ({ DATA_DIR }: Settings): string => join(DATA_DIR, 'admin.token');

/** Whether the folder has the token. Servers on one database share no folder, so none is made there. */
const isInFolder = ({ STORE, ADMIN_TOKEN }: Settings): boolean =>
  ADMIN_TOKEN === undefined && stores[STORE].storedIn === 'folder';

/** Creates `admin.token` in the folder, which only its owner may read, unless there is one. */
export async function createAdminToken(settings: Settings): Promise<void> {
  if (!isInFolder(settings)) return;
  await createFile(tokenIn(settings), `${randomBytes(32).toString('base64url')}\n`, 0o600);
}

/**
 * What operators send: `ADMIN_TOKEN`, or the content of `admin.token`; `undefined` with a database and
 * no `ADMIN_TOKEN`. The primary reads it once and gives it to its workers: if the file is changed or
 * removed meanwhile, a worker that is replaced must not know another token than the others.
 *
 * @throws UserError when the file is missing or has no token
 */
export async function readAdminToken(settings: Settings): Promise<string | undefined> {
  if (!isInFolder(settings)) return settings.ADMIN_TOKEN;
  const path = tokenIn(settings);
  const bytes = await readIfExists(path).catch((error) => {
    if (error.code === 'EISDIR') return undefined;
    throw error;
  });
  const token = bytes?.toString('utf8').trim() ?? '';
  if (TOKEN.test(token)) return token;
  throw new UserError(
    `${path} is not an admin token of 16 to 1024 characters without spaces: remove it and start again, or set ADMIN_TOKEN`,
  );
}
