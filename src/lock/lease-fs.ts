import { mkdirSync, rmdirSync, statSync, utimesSync } from 'node:fs';

type Callback<T> = (error: unknown, result?: T) => void;

/**
 * The file-system calls that proper-lockfile makes, as synchronous calls. Each takes microseconds;
 * the result of a thread would wait for the event loop, for milliseconds under load.
 */
export const leaseFs = {
  mkdir: (path: string, callback: Callback<unknown>) => callSync(() => mkdirSync(path), callback),
  stat: (path: string, callback: Callback<unknown>) => callSync(() => statSync(path), callback),
  utimes: (path: string, atime: Date, mtime: Date, callback: Callback<unknown>) =>
    callSync(() => utimesSync(path, atime, mtime), callback),
  rmdir: (path: string, callback: Callback<unknown>) => callSync(() => rmdirSync(path), callback),
};

function callSync<T>(call: () => T, callback: Callback<T>): void {
  let result: T;
  try {
    result = call();
  } catch (error) {
    callback(error);
    return;
  }
  callback(null, result); // outside the `try`: an error of the callback is not one of the call
}
