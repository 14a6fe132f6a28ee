import {
  chmodSync,
  chownSync,
  constants,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { json } from '../../../src/store/json/driver.js';
import { ledger } from '../../../src/store/ledger/driver.js';
import { replaceFile } from '../../../src/store/shared/files.js';
import { FolderLock, withExclusiveFolderLock } from '../../../src/store/shared/folder-lock.js';
import { openOwnFile, rejectForeignFile } from '../../../src/store/shared/private-file.js';
import { anEvent, openOptions, testFolder } from '../../support/folder.js';

const links = { symbolic: symlinkSync, hard: linkSync };
type LinkKind = keyof typeof links;

/** A name in a new folder that links to a file in another folder. */
function linkTo(kind: LinkKind, name: string, bytes = 'precious') {
  const target = join(testFolder(), 'target');
  writeFileSync(target, bytes);
  const folder = testFolder();
  links[kind](target, join(folder, name));
  return { folder, path: join(folder, name), target };
}

const neverLost = (error: Error): never => {
  throw error;
};

describe.each(Object.keys(links) as LinkKind[])('a %s link', (kind) => {
  test('is not opened', async () => {
    const { path } = linkTo(kind, 'file');
    await expect(openOwnFile(path, constants.O_RDWR | constants.O_CREAT)).rejects.toThrow(
      `${path} is a ${kind} link`,
    );
  });

  test('in place of office.lock is rejected, and its target keeps its bytes', async () => {
    const { folder, target } = linkTo(kind, 'office.lock');
    await expect(FolderLock.acquire(folder, { STORE: 'json' }, neverLost)).rejects.toThrow('link');
    await expect(withExclusiveFolderLock(folder, async () => {})).rejects.toThrow('link');
    expect(readFileSync(target, 'utf8')).toBe('precious');
  });

  test.each(['tickets.json', 'receipts.jsonl'])('in place of %s is rejected', async (name) => {
    const tickets = JSON.stringify({ version: 0, events: { a: anEvent(3) } });
    const { folder } = linkTo(kind, name, name === 'tickets.json' ? tickets : '');
    await expect(json.prepare(folder)).rejects.toThrow(`${name} is a ${kind} link`);
    if (name === 'tickets.json') await expect(ledger.prepare(folder)).rejects.toThrow('link');
    else await expect(json.open(openOptions(folder, false))).rejects.toThrow('link');
  });
});

test('a file that another process is just creating is no hard link', () => {
  const path = join(testFolder(), 'tickets.json');
  writeFileSync(path, '');
  linkSync(path, `${path}.7.abc.tmp`);
  rejectForeignFile(path);
  linkSync(path, `${path}.copy`);
  expect(() => rejectForeignFile(path)).toThrow('hard link');
});

test('a folder in place of a file is rejected by name', () => {
  const path = join(testFolder(), 'receipts.jsonl');
  mkdirSync(path);
  expect(() => rejectForeignFile(path)).toThrow(`${path} is in the way: it is not a file`);
});

describe('a replaced file', () => {
  test('keeps its mode and owner', async () => {
    const path = join(testFolder(), 'tickets.json');
    writeFileSync(path, 'old');
    chmodSync(path, 0o600);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(path, 12_345, 23_456);
    await replaceFile(path, 'new', true);
    const { mode, uid, gid } = statSync(path);
    expect(mode & 0o777).toBe(0o600);
    if (isRoot) expect([uid, gid]).toEqual([12_345, 23_456]);
  });

  test('is not one behind a symbolic link, nor the link itself', async () => {
    const { path, target } = linkTo('symbolic', 'tickets.json');
    await expect(replaceFile(path, 'new', false)).rejects.toThrow('symbolic link');
    expect(readFileSync(target, 'utf8')).toBe('precious');
    rmSync(path);
  });
});
