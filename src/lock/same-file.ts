import { lstatSync } from 'node:fs';

/** What tells a file apart from every other one while a process has it open. */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
}

/** What has a name now, also a symbolic link; `undefined` if nothing has it. */
export const statName = (path: string) => lstatSync(path, { throwIfNoEntry: false });

/** Whether a name belongs to this file. */
export const isSameFile = (found: FileIdentity | undefined, { dev, ino }: FileIdentity): boolean =>
  found?.ino === ino && found.dev === dev;
