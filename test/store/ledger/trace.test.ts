import { describe, expect, test } from 'vitest';
import { recordSteps } from '../recorded-steps.js';
import { fileOf, genesisLine } from './ledger-lines.js';
import { MemoryDisk } from './memory-disk.js';
import { buy, openStore, sell } from './open-store.js';

const newDisk = () => new MemoryDisk(fileOf(genesisLine()));

describe('ledger store', () => {
  test('emits the steps of a sale in order', async () => {
    const { emit, steps } = recordSteps();
    await sell(await openStore(newDisk().open(), { emit }), buy('a'));
    expect(steps).toEqual([['loaded', 0], ['paused'], ['decided', 1], ['appended']]);
  });

  test('emits no write for a batch that sells nothing', async () => {
    const { emit, steps } = recordSteps();
    await sell(await openStore(newDisk().open(), { emit }), buy('b', 4));
    expect(steps).toEqual([['loaded', 0], ['paused']]);
  });

  test('emits every attempt of a batch that another writer overtakes', async () => {
    const disk = newDisk();
    const other = await openStore(disk.open());
    const file = disk.open();
    let overtaken = false;
    const overtakenOnce = {
      ...file,
      write: async (bytes: Buffer) => {
        if (!overtaken) await sell(other, buy('a'));
        overtaken = true;
        return file.write(bytes);
      },
    };
    const { emit, steps } = recordSteps();
    await sell(await openStore(overtakenOnce, { emit }), buy('a'));
    expect(steps).toEqual([
      ['loaded', 0],
      ['paused'],
      ['decided', 1],
      ['appended'],
      ['loaded', 1],
      ['paused'],
      ['decided', 2],
      ['appended'],
    ]);
  });
});
