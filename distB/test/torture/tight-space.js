import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, removeFolder } from '../support/folder.js';
const DISK_BYTES = 32 * 1024 * 1024;
const BALLAST_BYTES = 64 * 1024;
/** A disk of its own, in memory, and a file that fills it. */
const smallDisk = {
    name: 'full disk',
    missing: () => {
        if (process.platform !== 'linux' || process.getuid?.() !== 0)
            return 'only root mounts a disk';
        const where = newFolder();
        const refused = mount(where);
        if (refused === undefined)
            unmount(where);
        removeFolder(where);
        return refused;
    },
    make(round, events) {
        const disk = round.folder();
        const refused = mount(disk);
        if (refused !== undefined)
            throw new Error(refused);
        const release = () => {
            process.off('exit', release);
            unmount(disk);
        };
        round.onEnd(release);
        process.once('exit', release); // after Ctrl-C, too
        const ballast = join(disk, 'ballast');
        return {
            folder: newFolder(events, disk),
            async tighten(_office, bytes) {
                const zeros = Buffer.alloc(BALLAST_BYTES);
                for (let free = freeOn(disk); free > bytes; free = freeOn(disk)) {
                    writeFileSync(ballast, zeros.subarray(0, free - bytes), { flag: 'a' });
                }
            },
            loosen: async () => rmSync(ballast),
        };
    },
};
/** A limit on the size of every file that an office writes. */
const fileSizeLimit = {
    name: 'file-size limit',
    missing: () => {
        const { status } = spawnSync('prlimit', [`--pid=${process.pid}`, '--fsize']);
        return status === 0 ? undefined : 'there is no prlimit';
    },
    make(round, events, file) {
        const folder = round.folder(events);
        const limit = async (office, bytes) => {
            const pids = (await office.workers()).map(({ pid }) => pid);
            for (const pid of [office.primaryPid, ...pids]) {
                const { status, stderr } = spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`]);
                if (status !== 0)
                    throw new Error(`prlimit: ${stderr}`);
            }
        };
        return {
            folder,
            tighten: (office, bytes) => limit(office, statSync(join(folder, file)).size + bytes),
            loosen: (office) => limit(office, 'unlimited'),
        };
    },
};
export const tightSpaces = [smallDisk, fileSizeLimit];
function mount(where) {
    const options = ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'turnstile', where];
    const { status, stderr, error } = spawnSync('mount', options);
    return status === 0 ? undefined : `mount: ${error?.message ?? stderr}`;
}
/** Lazily: a process that was just killed may still have a file open there. */
function unmount(where) {
    const { status, stderr } = spawnSync('umount', ['-l', where]);
    if (status !== 0)
        throw new Error(`umount: ${stderr}`);
}
function freeOn(disk) {
    const { bfree, bsize } = statfsSync(disk);
    return bfree * bsize;
}
//# sourceMappingURL=tight-space.js.map