import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StorageHealth, type StorageHealthOptions } from '../../src/app/storage-health.js';
import { Fault } from '../../src/booking/faults.js';
import { readSettings } from '../../src/settings.js';
import { testFolder } from '../support/folder.js';

const newHealth = (changes: Partial<StorageHealthOptions> = {}): StorageHealth =>
  new StorageHealth({
    folder: testFolder(),
    settings: readSettings({}),
    sales: () => 0,
    lockObstacle: () => undefined,
    ...changes,
  });

const fine = { canSell: true, problem: undefined };
const diskFull = new Fault('STORAGE', 'no space left on device');

/** From now on a file system says that it has so many blocks, and that so many are free. */
function fakeBlocks(blocks: number, bavail: number): void {
  const { statfs } = fs;
  const replace = (next: unknown) => {
    Object.assign(fs, { statfs: next });
    syncBuiltinESMExports();
  };
  replace(async () => ({ blocks, bavail }));
  onTestFinished(() => replace(statfs));
}

describe('the health of a folder', () => {
  test('is fine while files can be created in it', async () => {
    expect(await newHealth().read()).toEqual(fine);
  });

  test('is lost with the folder', async () => {
    expect(await newHealth({ folder: join(testFolder(), 'gone') }).read()).toEqual({
      canSell: false,
      problem: 'The folder of the tickets cannot be written (ENOENT)',
    });
  });

  test('is degraded from a failed sale to the next one that succeeds', async () => {
    let sales = 7;
    const health = newHealth({ sales: () => sales });
    health.onFault(diskFull);
    expect(await health.read()).toMatchObject({
      canSell: true,
      problem: expect.stringContaining('failed'),
    });
    sales++;
    expect(await health.read()).toEqual(fine);
  });

  test('comes back without another sale', async () => {
    let now = 0;
    const health = newHealth({ now: () => now });
    health.onFault(diskFull);
    now = 9_000;
    expect((await health.read()).problem).toBeDefined();
    now = 11_000;
    expect(await health.read()).toEqual(fine);
  });

  test('is lost while something is in the way of the lock', async () => {
    let obstacle: string | undefined = 'a folder with files in it';
    const health = newHealth({ lockObstacle: () => obstacle });
    expect(await health.read()).toEqual({ canSell: false, problem: 'a folder with files in it' });
    obstacle = undefined;
    expect(await health.read()).toEqual(fine);
  });

  test.each([
    ['full', 100, 0, 'The disk of the tickets is full'],
    ['not full', 100, 1, undefined],
    ['one that counts no blocks', 0, 0, undefined],
  ])('is degraded by a disk that is full: %s', async (_what, blocks, free, problem) => {
    fakeBlocks(blocks, free);
    expect(await newHealth().read()).toEqual({ canSell: true, problem });
  });
});
