import { randomBytes } from 'node:crypto';
import type { Settings } from '../settings.js';
import { stores } from '../store/registry.js';
import { createFile } from '../store/shared/files.js';
import { readOwnFile } from '../store/shared/private-file.js';

/** Whether servers keep their secrets in a folder. Those on one database share none. */
export const hasFolder = ({ STORE }: Settings): boolean => stores[STORE].storedIn === 'folder';

/** Creates a file with a random secret, which only its owner may read, unless there is one. */
export async function createSecretFile(path: string): Promise<void> {
  await createFile(path, `${randomBytes(32).toString('base64url')}\n`, 0o600);
}

/**
 * The secret in a file; empty without one.
 *
 * @throws LinkError if the name is a link: somebody else could choose the secret
 */
export async function readSecretFile(path: string): Promise<string> {
  return (await readOwnFile(path))?.toString('utf8').trim() ?? '';
}
