import syncFs, {} from 'node:fs';
import fs, {} from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { devNull } from 'node:os';
/**
 * Lets calls on files whose path has `within` in it pass the failpoints, in this process.
 *
 * @param observe told of every call that the failpoints let pass
 * @returns undoes it
 */
export async function failingFiles(failpoints, within, observe = () => () => { }) {
    const undo = [];
    const patch = (target, name, make) => {
        const methods = target;
        const original = methods[name];
        methods[name] = make(original);
        undo.push(() => {
            methods[name] = original;
        });
    };
    const isOurs = (path) => String(path).includes(within);
    /** Open files, by their descriptors. */
    const ours = new Map();
    let opened = 0;
    /** Lets a call on an open file pass the failpoints: what it is to be given, and what to do once it has gone well. */
    const disturbed = (call, seen, given) => {
        const point = failpoints.reach(call);
        const passed = point?.how === 'half' || point?.how === 'tear' ? halfOf(given) : given;
        const bytes = call.startsWith('write') ? { bytes: bytesOf(passed) } : {};
        const seenDone = observe({ call, ...seen, ...bytes });
        const done = () => {
            seenDone();
            if (point?.how === 'tear')
                process.kill(process.pid, 'SIGKILL');
        };
        return { passed, done };
    };
    /** Lets an open pass the failpoints, and answers what to do with its descriptor. */
    const opening = (path) => {
        failpoints.reach('open');
        const seen = { path, file: ++opened };
        const done = observe({ call: 'open', ...seen });
        return (descriptor) => {
            done();
            ours.set(descriptor, seen);
        };
    };
    patch(fs, 'open', (original) => async (...parameters) => {
        if (!isOurs(parameters[0]))
            return original(...parameters);
        const isOpen = opening(String(parameters[0]));
        const handle = (await original(...parameters));
        isOpen(handle.fd);
        return handle;
    });
    patch(syncFs, 'openSync', (original) => (...parameters) => {
        if (!isOurs(parameters[0]))
            return original(...parameters);
        const isOpen = opening(String(parameters[0]));
        const descriptor = original(...parameters);
        isOpen(descriptor);
        return descriptor;
    });
    for (const call of ['rename', 'link']) {
        patch(syncFs, `${call}Sync`, (original) => (...parameters) => {
            if (!isOurs(parameters[0]))
                return original(...parameters);
            failpoints.reach(call);
            const [path = '', target = ''] = parameters.map(String);
            const done = observe({ call, path, target, file: 0 });
            const result = original(...parameters);
            done();
            return result;
        });
    }
    const probe = await fs.open(devNull);
    const handles = Object.getPrototypeOf(probe);
    await probe.close();
    for (const call of ['read', 'write', 'writeFile', 'datasync', 'sync']) {
        patch(handles, call, (original) => async function (...parameters) {
            const seen = ours.get(this.fd);
            if (seen === undefined)
                return original.apply(this, parameters);
            const [bytes, ...rest] = parameters;
            const { passed, done } = disturbed(call, seen, bytes);
            const result = await original.apply(this, [passed, ...rest]);
            done();
            return result;
        });
    }
    for (const call of ['read', 'write', 'writeFile']) {
        patch(syncFs, `${call}Sync`, (original) => (descriptor, bytes, ...rest) => {
            const seen = ours.get(descriptor);
            if (seen === undefined)
                return original(descriptor, bytes, ...rest);
            const { passed, done } = disturbed(call, seen, bytes);
            ours.delete(descriptor); // Node may write a whole file by the call that writes a part
            try {
                const result = original(descriptor, passed, ...rest);
                done();
                return result;
            }
            finally {
                ours.set(descriptor, seen);
            }
        });
    }
    patch(syncFs, 'fsync', (original) => (descriptor, told) => {
        const seen = ours.get(descriptor);
        const tell = told;
        if (seen === undefined)
            return original(descriptor, tell);
        let done;
        try {
            done = disturbed('sync', seen, undefined).done;
        }
        catch (error) {
            return setImmediate(() => tell(error));
        }
        return original(descriptor, (error) => {
            if (error === null)
                done();
            tell(error);
        });
    });
    // The next file that is opened may get the number of one that is closed.
    patch(handles, 'close', (original) => function () {
        ours.delete(this.fd);
        return original.call(this);
    });
    patch(syncFs, 'closeSync', (original) => (descriptor) => {
        ours.delete(descriptor);
        return original(descriptor);
    });
    // proper-lockfile's lease is a folder, and a stale one is removed before it is taken.
    patch(syncFs, 'rmdirSync', (original) => (...parameters) => {
        if (isOurs(parameters[0]))
            failpoints.reach('rmdir');
        return original(...parameters);
    });
    syncBuiltinESMExports();
    return () => {
        for (const each of undo)
            each();
        syncBuiltinESMExports();
    };
}
const bytesOf = (bytes) => Buffer.from(bytes);
function halfOf(bytes) {
    const whole = bytesOf(bytes);
    return whole.subarray(0, Math.floor(whole.length / 2));
}
//# sourceMappingURL=failing-files.js.map