import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './figures.js';
/** Looks at this machine, and at how long its disk takes to sync: under a second. */
export async function lookAtMachine() {
    return {
        cores: availableParallelism(),
        cpu: cpus()[0]?.model.trim() ?? 'unknown',
        node: process.version,
        platform: `${platform()} ${process.arch}`,
        loadAverage: loadavg()[0] ?? Number.NaN,
        fileSystem: await fileSystemOf(tmpdir()),
        syncMs: await measureSync(),
    };
}
/** Kept in memory: a sync does nothing there, and the figures say nothing about a disk. */
export const isMemory = ({ fileSystem }) => fileSystem === 'tmpfs';
/** Linux's numbers for file systems, from `man 2 statfs`. */
const fileSystems = new Map([
    [0x01021994, 'tmpfs'],
    [0xef53, 'ext4'],
    [0x58465342, 'xfs'],
    [0x9123683e, 'btrfs'],
    [0x794c7630, 'overlayfs'],
    [0x2fc12fc1, 'zfs'],
]);
async function fileSystemOf(folder) {
    const { type } = await statfs(folder);
    return fileSystems.get(type) ?? `file system 0x${type.toString(16)}`;
}
const SYNCS = 50;
const SYNCS_MS_MAX = 1_000;
/** Median time of an append of 4 KiB and its sync, in the folder that the offices use. */
export async function measureSync() {
    const folder = await mkdtemp(join(tmpdir(), 'turnstile-bench-'));
    const file = await open(join(folder, 'sync'), 'a');
    try {
        const times = [];
        const bytes = randomBytes(4096);
        const end = performance.now() + SYNCS_MS_MAX;
        while (times.length < SYNCS && performance.now() < end) {
            await file.write(bytes);
            const before = performance.now();
            await file.datasync();
            times.push(performance.now() - before);
        }
        return median(times);
    }
    finally {
        await file.close();
        await rm(folder, { recursive: true });
    }
}
//# sourceMappingURL=machine.js.map