import { mkdirSync, rmdirSync, statSync, utimesSync } from 'node:fs';

type Done<T> = (error: unknown, result?: T) => void;

/**
 * The file calls of a lease, done at once. Each takes microseconds; a thread's answer would wait
 * until the event loop comes round to it, milliseconds under load, and there are three to a turn.
 */
export const leaseFs = {
  mkdir: (path: string, done: Done<unknown>) => atOnce(() => mkdirSync(path), done),
  stat: (path: string, done: Done<unknown>) => atOnce(() => statSync(path), done),
  utimes: (path: string, atime: Date, mtime: Date, done: Done<unknown>) =>
    atOnce(() => utimesSync(path, atime, mtime), done),
  rmdir: (path: string, done: Done<unknown>) => atOnce(() => rmdirSync(path), done),
};

function atOnce<T>(call: () => T, done: Done<T>): void {
  let result: T;
  try {
    result = call();
  } catch (error) {
    done(error);
    return;
  }
  done(null, result); // not in the `try`: what it throws is no failure of the call
}
