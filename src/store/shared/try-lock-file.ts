import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { tryLock } from '../../lock/fs-native-extensions.js';
import { openOwnFile } from './private-file.js';

/**
 * Takes the kernel's lock on a file that is there only for it; `undefined` while another process holds
 * it. It is released when the handle is closed, or its process dies.
 */
export async function tryLockFile(path: string): Promise<FileHandle | undefined> {
  const { O_WRONLY, O_APPEND, O_CREAT } = constants;
  const file = await openOwnFile(path, O_WRONLY | O_APPEND | O_CREAT);
  if (tryLock(file.fd)) return file;
  await file.close();
  return undefined;
}
