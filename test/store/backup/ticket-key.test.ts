import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { json } from '../../../src/store/json/driver.js';
import { resetFolder } from '../../../src/store/shared/folder.js';
import { anEvent, testFolder } from '../../support/folder.js';

const options = { lockTimeoutMs: 5_000, lockStaleMs: 2_000, waitMs: 0 };

function folderWithKey(key: string): string {
  const folder = testFolder({ a: anEvent(10) });
  writeFileSync(join(folder, 'ticket.key'), key);
  return folder;
}

const keyOf = (folder: string) => readFileSync(join(folder, 'ticket.key'), 'utf8');

test('a backup has the key, so that the codes of sold tickets stay valid after a restore', async () => {
  const [from, to] = [folderWithKey('the first key\n'), folderWithKey('another key\n')];
  await json.backup(from, options, async ({ entries }) => {
    async function* all() {
      yield* entries;
    }
    await json.restore(to, all(), { replace: true, seeds: '', waitMs: 0, approve: () => {} });
  });
  expect(keyOf(to)).toBe('the first key\n');
});

test('a reset removes the key, so that no ticket of before lets anybody in', async () => {
  const folder = folderWithKey('the first key\n');
  await resetFolder(folder);
  expect(existsSync(join(folder, 'ticket.key'))).toBe(false);
});
