import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TicketState } from '../../src/booking/inventory.js';
import { newFolder, removeFolder } from '../support/folder.js';
import type { TestServer } from '../support/test-server.js';
import type { Round } from './round.js';

/** A folder for a server whose space can be limited, and freed again. */
export interface LimitedSpace {
  readonly folder: string;
  /** Leaves space for about this many bytes. */
  fill(server: TestServer, bytes: number): Promise<void>;
  free(server: TestServer): Promise<void>;
}

export interface LimitedSpaceKind {
  readonly name: string;
  /** Why there can be none on this machine, if so. */
  readonly missing: () => string | undefined;
  /** @param file the name of the file that grows */
  make(round: Round, events: TicketState['events'], file: string): LimitedSpace;
}

const DISK_BYTES = 32 * 1024 * 1024;
const BALLAST_BYTES = 64 * 1024;

/** A small file system in memory, and a file that fills it. */
const smallDisk: LimitedSpaceKind = {
  name: 'full disk',
  missing: () => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0)
      return 'only root can mount a file system';
    const folder = newFolder();
    const failure = mount(folder);
    if (failure === undefined) unmount(folder);
    removeFolder(folder);
    return failure;
  },
  make(round, events) {
    const disk = round.folder();
    const failure = mount(disk);
    if (failure !== undefined) throw new Error(failure);
    const release = () => {
      process.off('exit', release);
      unmount(disk);
    };
    round.onEnd(release);
    process.once('exit', release); // also after Ctrl-C
    const ballast = join(disk, 'ballast');
    return {
      folder: newFolder(events, disk),
      async fill(_office, bytes) {
        const zeros = Buffer.alloc(BALLAST_BYTES);
        for (let free = freeOn(disk); free > bytes; free = freeOn(disk)) {
          writeFileSync(ballast, zeros.subarray(0, free - bytes), { flag: 'a' });
        }
      },
      free: async () => rmSync(ballast),
    };
  },
};

/** A limit on the size of every file that a server writes. */
const fileSizeLimit: LimitedSpaceKind = {
  name: 'file-size limit',
  missing: () => {
    const { status } = spawnSync('prlimit', [`--pid=${process.pid}`, '--fsize']);
    return status === 0 ? undefined : 'prlimit is not installed';
  },
  make(round, events, file) {
    const folder = round.folder(events);
    const limit = async (server: TestServer, bytes: number | 'unlimited') => {
      const pids = (await server.workers()).map(({ pid }) => pid);
      for (const pid of [server.primaryPid, ...pids]) {
        const { status, stderr } = spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`]);
        if (status !== 0) throw new Error(`prlimit: ${stderr}`);
      }
    };
    return {
      folder,
      fill: (server, bytes) => limit(server, statSync(join(folder, file)).size + bytes),
      free: (server) => limit(server, 'unlimited'),
    };
  },
};

export const limitedSpaces = [smallDisk, fileSizeLimit];

function mount(where: string): string | undefined {
  const options = ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'turnstile', where];
  const { status, stderr, error } = spawnSync('mount', options);
  return status === 0 ? undefined : `mount: ${error?.message ?? stderr}`;
}

/** Lazily: a process that was just killed may still have an open file. */
function unmount(where: string): void {
  const { status, stderr } = spawnSync('umount', ['-l', where]);
  if (status !== 0) throw new Error(`umount: ${stderr}`);
}

function freeOn(disk: string): number {
  const { bfree, bsize } = statfsSync(disk);
  return bfree * bsize;
}
