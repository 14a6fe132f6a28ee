import { mkdirSync, rmdirSync, statSync, utimesSync } from 'node:fs';
/**
 * The file calls of a lease, done at once. Each takes microseconds; a thread's answer would wait
 * until the event loop comes round to it, milliseconds under load, and there are three to a turn.
 */
export const leaseCalls = {
    mkdir: (path, done) => atOnce(() => mkdirSync(path), done),
    stat: (path, done) => atOnce(() => statSync(path), done),
    utimes: (path, atime, mtime, done) => atOnce(() => utimesSync(path, atime, mtime), done),
    rmdir: (path, done) => atOnce(() => rmdirSync(path), done),
};
function atOnce(call, done) {
    let result;
    try {
        result = call();
    }
    catch (error) {
        done(error);
        return;
    }
    done(null, result); // not in the `try`: what it throws is no failure of the call
}
