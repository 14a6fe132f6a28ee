import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Order } from '../../../src/booking/outcomes.js';
import { ledger } from '../../../src/store/ledger/driver.js';
import { replaceOrderKey } from '../../../src/store/ledger/order-key.js';
import { fingerprintIn, ledgerIn, secretIn } from '../../../src/store/ledger/paths.js';
import { openOptions, testFolder } from '../../support/folder.js';
import { events, fileOf, genesisLine } from './ledger-lines.js';
import { buy, sell } from './open-store.js';

async function open(folder: string, orderSecret?: string) {
  const given = orderSecret === undefined ? {} : { orderSecret };
  await ledger.prepare(folder, given);
  const store = await ledger.open({ ...openOptions(folder, true), ...given });
  onTestFinished(() => store.close());
  return store;
}

/** Sells one ticket, and returns its order id. */
async function sellOne(folder: string, orderSecret?: string): Promise<string> {
  const [order] = await sell(await open(folder, orderSecret), buy('a'));
  return (order as Order).orderId;
}

/** A ledger from before fingerprints. */
function olderFolder(): string {
  const folder = testFolder();
  writeFileSync(ledgerIn(folder), fileOf(genesisLine({ events: events() })));
  return folder;
}

const damages: Record<string, (path: string) => void> = {
  'is missing': (path) => rmSync(path),
  'is not the key of the order ids': (path) => writeFileSync(path, 'x'.repeat(43)),
  'has 0 bytes': (path) => writeFileSync(path, ''),
  'has 31 bytes': (path) => writeFileSync(path, readFileSync(path).subarray(0, 31)),
};

describe.each([
  ['a new ledger', () => testFolder(events())],
  ['a ledger from before fingerprints', olderFolder],
])('the key of the order ids of %s', (_, create) => {
  test.each(Object.keys(damages))('is rejected if it %s, until it is restored', async (problem) => {
    const folder = create();
    const orderId = await sellOne(folder);
    const key = readFileSync(secretIn(folder));
    damages[problem]?.(secretIn(folder));
    await expect(ledger.prepare(folder)).rejects.toMatchObject({
      message: expect.stringContaining(problem),
      exitCode: 2,
    });
    await expect(ledger.open(openOptions(folder, true))).rejects.toThrow(problem);
    writeFileSync(secretIn(folder), key);
    expect(await (await open(folder)).find(orderId)).toMatchObject({ orderId });
  });

  test('may be a setting, the same in every server', async () => {
    const folder = create();
    const orderId = await sellOne(folder, 'a key of 16 chars');
    expect(existsSync(secretIn(folder))).toBe(false);
    expect(await (await open(folder, 'a key of 16 chars')).find(orderId)).toBeDefined();
    await expect(open(folder, 'b key of 16 chars')).rejects.toThrow('ORDER_SECRET is not the key');
    await expect(open(folder)).rejects.toThrow('is missing');
  });

  test('can be replaced if it is lost for good', async () => {
    const folder = create();
    const orderId = await sellOne(folder);
    rmSync(secretIn(folder));
    await replaceOrderKey(folder);
    const store = await open(folder);
    expect(await store.find(orderId)).toBeUndefined();
    expect(readFileSync(ledgerIn(folder), 'utf8')).not.toContain(readFileSync(secretIn(folder)));
  });
});

describe('a ledger from before fingerprints', () => {
  test('records the one of its key at the next start', async () => {
    const folder = olderFolder();
    writeFileSync(secretIn(folder), 'k'.repeat(43));
    await ledger.prepare(folder);
    expect(readFileSync(fingerprintIn(folder), 'utf8')).toMatch(/^[\w-]{22}\n$/);
  });

  test('without a record accepts another key, and no longer knows its orders', async () => {
    const folder = olderFolder();
    const orderId = await sellOne(folder);
    rmSync(fingerprintIn(folder));
    writeFileSync(secretIn(folder), 'x'.repeat(43));
    expect(await (await open(folder)).find(orderId)).toBeUndefined();
  });
});
