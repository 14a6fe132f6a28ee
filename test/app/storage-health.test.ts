import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StorageHealth } from '../../src/app/storage-health.js';
import { Fault } from '../../src/booking/faults.js';
import { readSettings } from '../../src/settings.js';
import { testFolder } from '../support/folder.js';

const settings = readSettings({});

describe('the health of a folder', () => {
  test('is fine while files can be created in it', async () => {
    const health = new StorageHealth(testFolder(), settings, () => 0);
    expect(await health.read()).toEqual({ canSell: true, problem: undefined });
  });

  test('is lost with the folder', async () => {
    const health = new StorageHealth(join(testFolder(), 'gone'), settings, () => 0);
    expect(await health.read()).toEqual({
      canSell: false,
      problem: 'The folder of the tickets cannot be written (ENOENT)',
    });
  });

  test('is degraded from a failed sale to the next one that succeeds', async () => {
    let sales = 7;
    const health = new StorageHealth(testFolder(), settings, () => sales);
    health.onFault(new Fault('STORAGE', 'no space left on device'));
    expect(await health.read()).toMatchObject({
      canSell: true,
      problem: expect.stringContaining('failed'),
    });
    sales++;
    expect(await health.read()).toEqual({ canSell: true, problem: undefined });
  });
});
