import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TicketState } from '../../src/booking/inventory.js';
import { newFolder, removeFolder } from '../support/folder.js';
import type { TestServer } from '../support/office.js';
import type { Round } from './round.js';

/** A folder for an office that can be made too small for it, and large again. */
export interface TightSpace {
  readonly folder: string;
  /** Leaves room for so many bytes, more or less, beside what is there. */
  tighten(office: TestServer, bytes: number): Promise<void>;
  loosen(office: TestServer): Promise<void>;
}

export interface TightSpaces {
  readonly name: string;
  /** Why there can be none on this machine, if so. */
  readonly missing: () => string | undefined;
  /** @param file the name of the file that grows */
  make(round: Round, events: TicketState['events'], file: string): TightSpace;
}

const DISK_BYTES = 32 * 1024 * 1024;
const BALLAST_BYTES = 64 * 1024;

/** A disk of its own, in memory, and a file that fills it. */
const smallDisk: TightSpaces = {
  name: 'full disk',
  missing: () => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root mounts a disk';
    const where = newFolder();
    const refused = mount(where);
    if (refused === undefined) unmount(where);
    removeFolder(where);
    return refused;
  },
  make(round, events) {
    const disk = round.folder();
    const refused = mount(disk);
    if (refused !== undefined) throw new Error(refused);
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
const fileSizeLimit: TightSpaces = {
  name: 'file-size limit',
  missing: () => {
    const { status } = spawnSync('prlimit', [`--pid=${process.pid}`, '--fsize']);
    return status === 0 ? undefined : 'there is no prlimit';
  },
  make(round, events, file) {
    const folder = round.folder(events);
    const limit = async (office: TestServer, bytes: number | 'unlimited') => {
      const pids = (await office.workers()).map(({ pid }) => pid);
      for (const pid of [office.primaryPid, ...pids]) {
        const { status, stderr } = spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`]);
        if (status !== 0) throw new Error(`prlimit: ${stderr}`);
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

function mount(where: string): string | undefined {
  const options = ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'turnstile', where];
  const { status, stderr, error } = spawnSync('mount', options);
  return status === 0 ? undefined : `mount: ${error?.message ?? stderr}`;
}

/** Lazily: a process that was just killed may still have a file open there. */
function unmount(where: string): void {
  const { status, stderr } = spawnSync('umount', ['-l', where]);
  if (status !== 0) throw new Error(`umount: ${stderr}`);
}

function freeOn(disk: string): number {
  const { bfree, bsize } = statfsSync(disk);
  return bfree * bsize;
}
