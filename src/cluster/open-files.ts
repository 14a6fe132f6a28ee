import { readFileSync } from 'node:fs';
import { exitCode } from '../exit-codes.js';

/** With fewer descriptors a server could not load its modules, or would serve almost no connection. */
const OPEN_FILES_MIN = 256;

/** What a worker opens besides its connections: modules, files of the store, pipes, the database. */
const RESERVED_FILES = 128;

/** A connection may have a file of the page open. */
const FILES_PER_CONNECTION = 2;

/** How many files this process may have open at once (`ulimit -n`). */
export function openFilesMax(): number {
  const limit = process.platform === 'linux' ? limitOfLinux() : limitOfReport();
  return limit === undefined || Number.isNaN(Number(limit))
    ? Number.POSITIVE_INFINITY
    : Number(limit);
}

/** How many connections a worker may have open, so that it always has descriptors left. */
export const connectionsMax = (openFiles = openFilesMax()): number =>
  Math.floor((openFiles - RESERVED_FILES) / FILES_PER_CONNECTION);

/** Ends this process with one line if it may open too few files. */
export function requireOpenFiles(): void {
  const openFiles = openFilesMax();
  if (openFiles >= OPEN_FILES_MIN) return;
  process.stderr.write(
    `the limit of open files is ${openFiles}: it takes at least ${OPEN_FILES_MIN} (ulimit -n)\n`,
  );
  process.exit(exitCode.invalid);
}

const limitOfLinux = (): string | undefined =>
  /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];

function limitOfReport(): string | undefined {
  const { userLimits } = process.report.getReport() as {
    userLimits?: { open_files?: { soft?: number | string } };
  };
  const soft = userLimits?.open_files?.soft;
  return soft === undefined ? undefined : String(soft);
}
