import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  contentOf,
  readBackup,
  verifyBackup,
  writeBackup,
} from '../../../src/store/backup/backup-file.js';
import { type BackupEntry, entryOf } from '../../../src/store/backup/snapshot.js';
import { parseTarHeader, tarHeader } from '../../../src/store/backup/tar.js';
import { testFolder } from '../../support/folder.js';

const manifest = {
  store: 'json',
  made: '2027-01-01T00:00:00.000Z',
  verdict: 'holds',
  version: 3,
  sold: 2,
} as const;

const files = { a: 'x'.repeat(512), b: '', c: '\u0000é'.repeat(70_000) };
const entries = (): BackupEntry[] =>
  Object.entries(files).map(([name, content]) => entryOf(name, content));

async function backup(): Promise<string> {
  const path = join(testFolder(), 'backup.tgz');
  await writeBackup(path, manifest, entries());
  return path;
}

describe('a backup file', () => {
  test('contains every file', async () => {
    const path = await backup();
    expect(await verifyBackup(path)).toEqual({ format: 'turnstile-backup-1', ...manifest });
    const found: Record<string, string> = {};
    for await (const entry of readBackup(path)) {
      found[entry.name] = (await contentOf(entry)).toString('utf8');
    }
    expect(found).toEqual(files);
  });

  test('is for its owner only, and leaves no temporary file', async () => {
    const path = await backup();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, '..'))).toEqual(['backup.tgz']);
  });

  test('never replaces a file', async () => {
    const path = await backup();
    await expect(writeBackup(path, manifest, entries())).rejects.toThrow('choose another name');
  });

  test('is not left behind when a file changed while it was read', async () => {
    const path = join(testFolder(), 'backup.tgz');
    const short = { ...entryOf('a', 'half'), bytes: 8 };
    await expect(writeBackup(path, manifest, [short])).rejects.toThrow('a changed while');
    expect(existsSync(path)).toBe(false);
  });

  test('is rejected with any byte changed, and cut anywhere', async () => {
    const path = await backup();
    const tar = gunzipSync(readFileSync(path));
    const whole = readFileSync(path);
    // A byte of the padding, of the block at the end or of a header's unused fields says nothing.
    for (const at of [0, 20, 600, 1100, 1600, 2050, 3000, 100_000]) {
      const changed = Buffer.from(tar);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      writeFileSync(path, gzipSync(changed));
      await expect(verifyBackup(path), `byte ${at}`).rejects.toThrow('is not a whole backup');
    }
    for (const length of [0, 10, 100, whole.length - 20, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, length));
      await expect(verifyBackup(path), `cut at ${length}`).rejects.toThrow('is not a whole backup');
    }
    writeFileSync(path, whole);
    await verifyBackup(path);
  });

  test('that does not exist is a clear error', async () => {
    await expect(verifyBackup('/nowhere/x.tgz')).rejects.toThrow('there is no backup');
  });
});

test('a tar header holds sizes of more than eight gigabytes', () => {
  for (const bytes of [0, 511, 8 ** 11 - 1, 8 ** 11, 2 ** 50]) {
    expect(parseTarHeader(tarHeader({ name: 'n', bytes }, new Date()))).toEqual({
      name: 'n',
      bytes,
    });
  }
  expect(parseTarHeader(Buffer.alloc(512))).toBeUndefined();
});
