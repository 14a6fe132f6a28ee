import { constants, readdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSameFile, statName } from '../../lock/same-file.js';
import { UserError } from '../../user-error.js';
import { ifExists } from './if-exists.js';

/** Files with names of customers are for their owner alone, and so are their folders. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_FOLDER = 0o700;

/** A name in the folder of a server belongs to a link: the file may have other users. */
export class LinkError extends UserError {
  constructor(path: string, kind: 'symbolic' | 'hard') {
    super(
      kind === 'symbolic'
        ? `${path} is a symbolic link: put the file itself there, or set DATA_DIR to its folder`
        : `${path} is a hard link: the file has another name too; put a copy in its place (cp, then mv)`,
    );
  }
}

const { O_NOFOLLOW = 0 } = constants; // Windows has none

/** The error that opening a symbolic link with O_NOFOLLOW fails with; FreeBSD has its own. */
const linkCodes = new Set(['ELOOP', 'EMLINK']);

/**
 * Opens a file that only servers on its folder write. It follows no link: the file behind it would be
 * locked, truncated or appended to.
 *
 * @param flags such as `O_RDWR | O_CREAT`; by default it is only read
 * @throws LinkError if the name is a link
 */
export async function openOwnFile(path: string, flags = constants.O_RDONLY): Promise<FileHandle> {
  rejectForeignFile(path);
  return open(path, flags | O_NOFOLLOW, PRIVATE_FILE).catch((error) => {
    throw linkCodes.has(error.code) ? new LinkError(path, 'symbolic') : error;
  });
}

/** @throws LinkError if the name is a symbolic link, or one of several names of a file; UserError for a folder */
export function rejectForeignFile(path: string): void {
  const found = statName(path);
  if (found === undefined) return;
  if (found.isSymbolicLink()) throw new LinkError(path, 'symbolic');
  if (!found.isFile())
    throw new UserError(`${path} is in the way: it is not a file. Remove it, or move it elsewhere`);
  if (found.nlink === 1) return;
  // A file that is being created has a temporary name for a moment, or until it is swept after a crash.
  const folder = dirname(path);
  const temporaries = readdirSync(folder).filter(
    (name) =>
      name.startsWith(`${basename(path)}.`) &&
      name.endsWith('.tmp') &&
      isSameFile(statName(join(folder, name)), found),
  );
  const others = (statName(path)?.nlink ?? 1) - 1 - temporaries.length;
  if (others > 0) throw new LinkError(path, 'hard');
}

/** The bytes of such a file, or `undefined` if there is none. @throws LinkError if the name is a link */
export async function readOwnFile(path: string): Promise<Buffer | undefined> {
  const file = await ifExists(openOwnFile(path));
  try {
    return await file?.readFile();
  } finally {
    await file?.close();
  }
}
