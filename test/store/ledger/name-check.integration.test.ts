import {
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../../../src/booking/faults.js';
import type { Order } from '../../../src/booking/outcomes.js';
import type { Store } from '../../../src/booking/store.js';
import { readCheckpoint } from '../../../src/store/ledger/checkpoint.js';
import { Checkpointer } from '../../../src/store/ledger/checkpointer.js';
import { ledger } from '../../../src/store/ledger/driver.js';
import { checkLedger } from '../../../src/store/ledger/inspect.js';
import { OpenLedgerFile } from '../../../src/store/ledger/ledger-file.js';
import { ledgerIn, secretIn, ticketsIn } from '../../../src/store/ledger/paths.js';
import { damagedIn } from '../../../src/store/shared/damage-marker.js';
import { openOptions, testFolder } from '../../support/folder.js';
import { events } from './ledger-lines.js';
import { buy, openStore, sell } from './open-store.js';

/** What may happen to a file that is open. */
const swaps: [string, (path: string) => void][] = [
  ['removed', (path) => rmSync(path)],
  ['moved away', (path) => renameSync(path, `${path}.old`)],
  ['replaced by its copy', replaceByCopy],
  ['replaced by a link to itself', replaceByLink],
  ['cut by its last byte', (path) => truncateSync(path, statSync(path).size - 1)],
  ['cut to nothing', (path) => truncateSync(path, 0)],
];

function replaceByCopy(path: string): void {
  copyFileSync(path, `${path}.new`);
  renameSync(`${path}.new`, path);
}

function replaceByLink(path: string): void {
  renameSync(path, `${path}.target`);
  symlinkSync(`${path}.target`, path);
}

const isDamaged = { code: 'DAMAGED', message: expect.stringMatching(/ledger -- check$/) };

/** A prepared folder, a store that has sold from it, and the faults that it reported. */
async function openFolder({ durable = true } = {}) {
  const folder = testFolder(events());
  await ledger.prepare(folder);
  const faults: Fault[] = [];
  const onFault = (fault: Fault) => void faults.push(fault);
  const store = await ledger.open({ ...openOptions(folder, durable), onFault });
  onTestFinished(() => store.close());
  const [order] = await sell(store, buy('a'));
  return { folder, path: ledgerIn(folder), faults, onFault, store, order: order as Order };
}

/** Everything that a store answers. */
const answers: [string, (store: Store, order: Order) => Promise<unknown>][] = [
  ['a sale', (store) => sell(store, buy('a'))],
  ['a refusal', (store) => sell(store, buy('b', 9))],
  ['a search', (store) => store.search()],
  ['an order', (store, { orderId }) => store.find(orderId)],
  ['that there is no such order', (store) => store.find('0-0-0-aaaaaaaaaaaaaaaa')],
  ['a verdict', (store) => store.history()],
  ['the newest commits', async (store) => store.recentCommits?.()],
];

describe.each(swaps)('a ledger that was %s while it is sold from', (_, swap) => {
  test.each(answers)('gives no answer: %s', async (_answer, request) => {
    for (const durable of [true, false]) {
      const { folder, path, store, order } = await openFolder({ durable });
      swap(path);
      await expect(request(store, order)).rejects.toMatchObject(isDamaged);
      await expect(request(store, order)).rejects.toMatchObject(isDamaged);
      await expect.poll(() => existsSync(damagedIn(folder))).toBe(true);
    }
  });

  test('is reported although nothing is requested, and no longer sold from', async () => {
    const { folder, path, faults } = await openFolder();
    swap(path);
    await expect.poll(() => faults).toMatchObject([isDamaged]);
    for (const start of [ledger.prepare, ledger.history]) {
      await expect(start(folder)).rejects.toMatchObject({ code: 'DAMAGED', exitCode: 3 });
    }
  });

  test('is reported by the background task, also without workers', async () => {
    const { folder, path, store } = await openFolder();
    await store.close();
    const faults: Fault[] = [];
    const onFault = (fault: Fault) => void faults.push(fault);
    const task = await ledger.startBackgroundTask({ location: folder, onFault });
    onTestFinished(() => task.close());
    await new Promise((resolve) => setTimeout(resolve, 300)); // it learns the length
    swap(path);
    const damage = () => faults.find(({ code }) => code === 'DAMAGED');
    await expect.poll(damage).toMatchObject(isDamaged);
  });
});

describe('a ledger that is swapped between append and answer', () => {
  /** A store whose ledger is swapped when its next line was synced. */
  async function swapDuringSync(swap: (path: string) => void, checked: boolean) {
    const folder = testFolder(events());
    await ledger.prepare(folder);
    const file = await OpenLedgerFile.open(folder);
    onTestFinished(() => file.close());
    if (!checked) file.checkName = () => {};
    const datasync = file.datasync.bind(file);
    file.datasync = async () => {
      await datasync();
      swap(ledgerIn(folder));
    };
    return { folder, store: await openStore(file, { onFault: () => {} }) };
  }

  test.each(swaps)('is not answered with a sale if it was %s', async (_, swap) => {
    const { store } = await swapDuringSync(swap, true);
    await expect(sell(store, buy('a'))).rejects.toMatchObject(isDamaged);
  });

  test('negative control: without the check it answers, and another process sells the ticket too', async () => {
    const { folder, store } = await swapDuringSync(replaceByCopy, false);
    await sell(store, buy('a'));
    const other = await ledger.open(openOptions(folder, true));
    onTestFinished(() => other.close());
    expect(await sell(other, buy('a'))).toMatchObject([{ serials: [2] }]);
    expect(await sell(store, buy('a'))).toMatchObject([{ serials: [2] }]);
  });
});

describe('a ledger that was cut', () => {
  test('is noticed by a writer although a line as long was appended since', async () => {
    const { path, store } = await openFolder();
    const bytes = readFileSync(path);
    const begin = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
    truncateSync(path, begin);
    await expect(sell(store, buy('a'))).rejects.toMatchObject({ ...isDamaged });
  });

  test('is noticed by a writer that has not read what was cut', async () => {
    const { folder, path, store } = await openFolder();
    const other = await ledger.open({ ...openOptions(folder, true), onFault: () => {} });
    onTestFinished(() => other.close());
    const before = statSync(path).size;
    await sell(store, buy('a'));
    await new Promise((resolve) => setTimeout(resolve, 500)); // `other` checks the name
    truncateSync(path, before);
    await expect(sell(other, buy('a'))).rejects.toMatchObject(isDamaged);
  });

  test('gets no further line once that is known', async () => {
    const { path, faults, store } = await openFolder();
    truncateSync(path, 10);
    await expect.poll(() => faults).toMatchObject([isDamaged]);
    await expect(sell(store, buy('a'))).rejects.toMatchObject(isDamaged);
    expect(statSync(path).size).toBe(10);
  });

  test('is sold from again after it was restored and checked', async () => {
    const { folder, path, faults, store } = await openFolder();
    const whole = readFileSync(path);
    truncateSync(path, 10);
    await expect.poll(() => faults).toMatchObject([isDamaged]);
    expect(readFileSync(damagedIn(folder), 'utf8')).toContain('at byte 10: it was cut off there');
    await store.close();
    await expect(checkLedger(folder)).rejects.toThrow('genesis');
    writeFileSync(path, whole);
    await checkLedger(folder);
    await ledger.prepare(folder);
    const again = await ledger.open(openOptions(folder, true));
    onTestFinished(() => again.close());
    expect(await sell(again, buy('a'))).toMatchObject([{ serials: [2] }]);
  });
});

test('no checkpoint names lines of a ledger that has lost its name', async () => {
  const { folder, path, store } = await openFolder();
  const faults: Fault[] = [];
  const checkpointer = new Checkpointer(folder, (fault) => faults.push(fault), {
    openLedger: async (where) => {
      const file = await OpenLedgerFile.open(where);
      const datasync = file.datasync.bind(file);
      file.datasync = async () => {
        await datasync();
        replaceByCopy(path);
      };
      return file;
    },
  });
  await expect.poll(() => faults).toMatchObject([isDamaged]);
  await checkpointer.close();
  expect(await readCheckpoint(ticketsIn(folder))).toMatchObject({ version: 0 });
  await store.close();
});

describe('a symbolic link', () => {
  test.each([
    ['the ledger', ledgerIn],
    ['the checkpoint', ticketsIn],
    ['the secret', secretIn],
    ['the lock of the checkpoint', (folder: string) => join(folder, 'checkpoint.lock')],
    ['the damage marker', damagedIn],
  ])(
    'is rejected at the start in place of %s, and what it leads to is unchanged',
    async (_, pathIn) => {
      for (const prepared of [true, false]) {
        const folder = testFolder(events());
        if (prepared) await ledger.prepare(folder);
        const path = pathIn(folder);
        if (!existsSync(path)) writeFileSync(path, 'something else');
        const before = readFileSync(path);
        replaceByLink(path);
        const start = async () => {
          await ledger.prepare(folder);
          await (await ledger.open(openOptions(folder, true))).close();
        };
        await expect(start()).rejects.toMatchObject({
          exitCode: 2,
          message: expect.stringMatching(/ is a symbolic link: put the file itself there/),
        });
        expect(readFileSync(`${path}.target`)).toEqual(before);
      }
    },
  );

  test('is rejected if it leads nowhere, and nothing is created there', async () => {
    const folder = testFolder(events());
    symlinkSync(join(folder, 'nowhere'), ledgerIn(folder));
    await expect(ledger.prepare(folder)).rejects.toThrow('is a symbolic link');
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });
});
