import { describe, expect, test } from 'vitest';
import { dependencies } from '../../src/app/dependencies.js';
import { lockFolder } from '../../src/app/lock-folder.js';
import { readSettings } from '../../src/settings.js';
import { FolderLock } from '../../src/store/shared/folder-lock.js';
import { testFolder } from '../support/folder.js';

const settingsOf = (folder: string) => readSettings({ STORE: 'ledger', DATA_DIR: folder });

describe('the lock on a folder', () => {
  test('rejects a server that writes another format of the ledger than one that is running', async () => {
    const folder = testFolder();
    await FolderLock.acquire(folder, { STORE: 'ledger' }, () => {}); // a server from before formats were announced
    await expect(lockFolder(settingsOf(folder), dependencies, () => {})).rejects.toThrow(
      'is open with STORE=ledger: start with the same',
    );
  });

  test('is shared by servers of one format', async () => {
    const folder = testFolder();
    await lockFolder(settingsOf(folder), dependencies, () => {});
    await lockFolder(settingsOf(folder), dependencies, () => {});
  });
});
