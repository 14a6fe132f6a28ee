import { exitCode } from './exit-codes.js';

/** An error that the user can fix: a setting, an argument or a folder. The message is one line. */
export class UserError extends Error {
  /** The exit code of a process that fails with it. */
  readonly exitCode: number = exitCode.invalid;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** The exit code of a process that fails with this error. */
export const exitCodeFor = (error: unknown): number =>
  error instanceof UserError ? error.exitCode : exitCode.invalid;

/** Codes of system errors that the user can fix. */
const userFixable = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EEXIST',
  'EISDIR',
  'ENOSPC',
  'EDQUOT',
  'ENAMETOOLONG',
  'ELOOP',
]);

/** A one-line message if the user can fix the error; `undefined` for a bug of ours. */
export function messageFor(error: unknown): string | undefined {
  if (error instanceof UserError) return error.message;
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === undefined || !userFixable.has(code)) return undefined;
  return `${path ?? 'the folder'} cannot be used: ${message}`;
}
