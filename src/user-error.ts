import { exitCode } from './exit-codes.js';

/** What somebody can mend: a setting, an argument or a folder. The message is one line for people. */
export class UserError extends Error {
  /** How the process ends. */
  readonly exitCode: number = exitCode.invalid;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** How a process ends that this error keeps from going on. */
export const exitCodeFor = (error: unknown): number =>
  error instanceof UserError ? error.exitCode : exitCode.invalid;

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

/** The line for people, if somebody can mend the error; otherwise it is a fault of ours. */
export function messageFor(error: unknown): string | undefined {
  if (error instanceof UserError) return error.message;
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === undefined || !userFixable.has(code)) return undefined;
  return `${path ?? 'the folder'} cannot be used: ${message}`;
}
