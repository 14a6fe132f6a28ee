import { randomBytes } from 'node:crypto';
import { open, statfs } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolder, removeFolder } from './child-process.js';
import { median } from './figures.js';

/** What the figures depend on and the benchmark does not choose. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly node: string;
  readonly platform: string;
  /** Of the minute before the benchmark. */
  readonly loadAverage: number;
  /** Whether TMPDIR is in memory, where a sync does nothing. */
  readonly inMemory: boolean;
  /** Median time of an append of 4 KiB and its sync, in TMPDIR. */
  readonly syncMs: number;
}

export async function describeMachine(): Promise<Machine> {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    node: process.version,
    platform: `${platform()} ${process.arch}`,
    loadAverage: loadavg()[0] ?? Number.NaN,
    inMemory: (await statfs(tmpdir())).type === TMPFS,
    syncMs: await measureSync(),
  };
}

/** Linux's number of the file system in memory, from `man 2 statfs`. */
const TMPFS = 0x01021994;

const SYNCS = 50;
const SYNCS_MS_MAX = 1_000;

/** Median time of an append of 4 KiB and its sync, in TMPDIR, in milliseconds. */
export async function measureSync(): Promise<number> {
  const folder = createFolder();
  const file = await open(join(folder, 'sync'), 'a');
  try {
    const times: number[] = [];
    const bytes = randomBytes(4096);
    const end = performance.now() + SYNCS_MS_MAX;
    while (times.length < SYNCS && performance.now() < end) {
      await file.write(bytes);
      const before = performance.now();
      await file.datasync();
      times.push(performance.now() - before);
    }
    return median(times);
  } finally {
    await file.close();
    removeFolder(folder);
  }
}
