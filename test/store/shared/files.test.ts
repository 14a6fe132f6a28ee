import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createFile, replaceFile, sweepTemporaries } from '../../../src/store/shared/files.js';
import { ifExists } from '../../../src/store/shared/if-exists.js';
import { testFolder } from '../../support/folder.js';

describe('createFile', () => {
  test('creates a file once and completely when many callers try at once', async () => {
    const path = join(testFolder(), 'secret');
    const texts = Array.from({ length: 20 }, (_, index) => `${index} `.repeat(1000));
    const created = await Promise.all(texts.map((text) => createFile(path, text)));
    expect(created.filter(Boolean)).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).toBe(texts[created.indexOf(true)]);
    expect(readdirSync(join(path, '..'))).toEqual(['secret']);
  });
});

describe('replaceFile', () => {
  test('never shows a reader a half-written file', async () => {
    const path = join(testFolder(), 'tickets.json');
    const text = (digit: number) => String(digit).repeat(100_000);
    await createFile(path, text(0));
    let writing = true;
    const writes = (async () => {
      for (let digit = 1; digit <= 9; digit++) await replaceFile(path, text(digit), true);
      writing = false;
    })();
    const seen = new Set<string>();
    while (writing) {
      seen.add(readFileSync(path, 'utf8'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writes;
    expect([...seen].filter((each) => each !== text(Number(each[0])))).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe(text(9));
  });

  test('changes nothing when it fails', async () => {
    const folder = testFolder();
    await expect(replaceFile(join(folder, 'nowhere', 'file'), 'x', true)).rejects.toThrow('ENOENT');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('sweepTemporaries', () => {
  test('removes old temporary files of a path, but none that a process may still rename', async () => {
    const folder = testFolder();
    for (const name of ['t.json', 't.json.1.ab.tmp', 't.json.2.cd.tmp', 'other.tmp']) {
      writeFileSync(join(folder, name), '');
    }
    const longAgo = new Date(Date.now() - 3_600_000);
    for (const name of ['t.json', 't.json.1.ab.tmp', 'other.tmp']) {
      utimesSync(join(folder, name), longAgo, longAgo);
    }
    await sweepTemporaries(join(folder, 't.json'));
    expect(readdirSync(folder).sort()).toEqual(['other.tmp', 't.json', 't.json.2.cd.tmp']);
  });
});

describe('ifExists', () => {
  test('returns the result of a call whose file exists', async () => {
    expect(await ifExists(Promise.resolve('bytes'))).toBe('bytes');
  });

  test('returns undefined where the file does not exist', async () => {
    expect(await ifExists(readFile(join(testFolder(), 'missing')))).toBeUndefined();
  });

  test('rejects with every other error', async () => {
    await expect(ifExists(readFile(testFolder()))).rejects.toMatchObject({ code: 'EISDIR' });
  });
});
