import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entryOf } from '../../../src/store/backup/snapshot.js';
import { json } from '../../../src/store/json/driver.js';
import { FolderLock } from '../../../src/store/shared/folder-lock.js';
import { anEvent, openOptions, testFolderWithLock } from '../../support/folder.js';

const options = { replace: true, seeds: '', waitMs: 0, approve: () => {} };

const tickets = (remaining: number): string =>
  JSON.stringify({ version: 0, events: { a: anEvent(10, { remaining }) } });

async function* backup(text: string, name = 'tickets.json') {
  yield entryOf(name, text);
}

/** A folder in which one ticket was sold. */
async function folderWithSale(): Promise<string> {
  const folder = testFolderWithLock({ a: anEvent(10) });
  const store = await json.open(openOptions(folder, false));
  await store.sell([{ kind: 'buy', eventId: 'a', customer: 'Ada', quantity: 1 }]);
  await store.close();
  return folder;
}

const contents = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name !== 'office.lock')
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );

describe('a restore into a folder', () => {
  test('replaces what is there only if it may', async () => {
    const folder = await folderWithSale();
    const before = contents(folder);
    const kept = json.restore(folder, backup(tickets(4)), { ...options, replace: false });
    await expect(kept).rejects.toThrow('is not empty, it has tickets.json');
    expect(contents(folder)).toEqual(before);
    await json.restore(folder, backup(tickets(4)), options);
    expect(contents(folder)).toEqual({ 'tickets.json': tickets(4) });
  });

  test('changes nothing when the backup is not approved, invalid, or has a file of another name', async () => {
    const folder = await folderWithSale();
    const before = contents(folder);
    const approve = () => {
      throw new Error('broken');
    };
    await expect(json.restore(folder, backup(tickets(4)), { ...options, approve })).rejects.toThrow(
      'broken',
    );
    await expect(json.restore(folder, backup('{'), options)).rejects.toThrow('not a ticket file');
    await expect(json.restore(folder, backup('x', '../evil'), options)).rejects.toThrow(
      'unknown file',
    );
    expect(contents(folder)).toEqual(before);
  });

  test('is rejected while a server has the folder open', async () => {
    const folder = await folderWithSale();
    await FolderLock.acquire(folder, { STORE: 'json', LOCK_MODE: 'file' }, () => {});
    await expect(json.restore(folder, backup(tickets(4)), options)).rejects.toThrow(
      'stop it first',
    );
  });
});

/** A folder whose restore failed in the middle: the old tickets are gone, the new ones not there. */
async function unfinishedRestore(): Promise<string> {
  const folder = await folderWithSale();
  rmSync(join(folder, 'receipts.jsonl'));
  mkdirSync(join(folder, 'receipts.jsonl')); // cannot be removed as a file
  await expect(json.restore(folder, backup(tickets(4)), options)).rejects.toThrow();
  rmdirSync(join(folder, 'receipts.jsonl'));
  expect(existsSync(join(folder, 'tickets.json'))).toBe(false);
  return folder;
}

describe('a restore that a crash interrupted', () => {
  test('keeps servers from opening the folder until it is repeated', async () => {
    const folder = await unfinishedRestore();
    await expect(FolderLock.acquire(folder, { STORE: 'json' }, () => {})).rejects.toThrow(
      'did not finish',
    );
    await json.restore(folder, backup(tickets(4)), options);
    await FolderLock.acquire(folder, { STORE: 'json' }, () => {});
    expect(contents(folder)).toEqual({ 'tickets.json': tickets(4) });
  });

  test('would put every ticket on sale again without that guard', async () => {
    const folder = await unfinishedRestore();
    rmSync(join(folder, 'restoring'), { recursive: true });
    await FolderLock.acquire(folder, { STORE: 'json' }, () => {});
    await json.prepare(folder);
    expect(readFileSync(join(folder, 'tickets.json'), 'utf8')).not.toContain('"remaining":4');
  });
});
