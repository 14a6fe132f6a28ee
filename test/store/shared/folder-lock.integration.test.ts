import { spawn } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { tryLock } from '../../../src/lock/fs-native-extensions.js';
import { FolderLock, withExclusiveFolderLock } from '../../../src/store/shared/folder-lock.js';
import { testFolder } from '../../support/folder.js';
import { until } from '../../support/processes.js';

// Each open file has locks of its own, so that two locks of this process exclude each other.

const file = { STORE: 'json', LOCK_MODE: 'file', LOCK_STALE_MS: 5000 };
const kernel = { STORE: 'json', LOCK_MODE: 'kernel' };

/** A folder that a server has open and sold from, and whose lock file was removed. */
async function folderWithRemovedLock({ onTestFinished }: TestContext) {
  const folder = testFolder(undefined, onTestFinished);
  writeFileSync(join(folder, 'receipts.jsonl'), '');
  const lost: Error[] = [];
  const lock = await FolderLock.acquire(folder, file, (error) => lost.push(error));
  lock.assertHeld();
  rmSync(join(folder, 'office.lock'));
  return { folder, lock, lost };
}

/** Lets the last check expire. It blocks, so that no timer checks again meanwhile. */
function expireCheck(): void {
  const until = performance.now() + 120;
  while (performance.now() < until);
}

/** Waits until a lock counts as held, or no longer does. */
const untilHeld = (lock: FolderLock, isHeld = true): Promise<void> =>
  until(isHeld ? 'the lock is held' : 'the loss is noticed', () => {
    try {
      lock.assertHeld();
      return isHeld;
    } catch {
      return !isHeld;
    }
  });

const acquire = (folder: string, settings: typeof file | typeof kernel) =>
  FolderLock.acquire(folder, settings, () => {});

// Concurrent, because most of their time is the wait of a process that had to create the lock file.
describe.concurrent('a folder lock whose file was removed', () => {
  test('still keeps out a server with other settings', async (context) => {
    const { folder, lost } = await folderWithRemovedLock(context);
    await expect(acquire(folder, kernel)).rejects.toThrow(
      /is open with STORE=json LOCK_MODE=file LOCK_STALE_MS=5000: .*LOCK_MODE is kernel here/,
    );
    expect(lost).toEqual([]);
  });

  test('still keeps out a reset', async (context) => {
    const { folder } = await folderWithRemovedLock(context);
    await expect(withExclusiveFolderLock(folder, async () => {})).rejects.toThrow('stop it first');
  });

  test('still lets in a worker with the same settings', async (context) => {
    const { folder, lock } = await folderWithRemovedLock(context);
    (await acquire(folder, file)).assertHeld();
    expireCheck();
    await untilHeld(lock);
  });

  test('does not count as held, until it is acquired again', async (context) => {
    const { lock } = await folderWithRemovedLock(context);
    expireCheck();
    expect(() => lock.assertHeld()).toThrow('office.lock was removed or replaced');
    await untilHeld(lock);
  });

  test('stops its holder once another server has the folder', async (context) => {
    const { folder, lock, lost } = await folderWithRemovedLock(context);
    rmSync(join(folder, 'receipts.jsonl')); // nobody waits for a folder without records
    await acquire(folder, kernel);
    expireCheck();
    expect(() => lock.assertHeld()).toThrow();
    await until('the loss is reported', () => lost.length > 0);
    expect(lost[0]?.message).toMatch(
      /^office\.lock was removed while a server ran: .* is open with/,
    );
  });

  test('negative control: a lock that is never compared with the name keeps nobody out', async ({
    onTestFinished,
  }) => {
    const folder = testFolder(undefined, onTestFinished);
    writeFileSync(join(folder, 'receipts.jsonl'), '');
    const handle = await open(join(folder, 'office.lock'), 'a+');
    onTestFinished(() => handle.close());
    tryLock(handle.fd, { shared: true });
    rmSync(join(folder, 'office.lock'));
    expect(await withExclusiveFolderLock(folder, async () => 'reset')).toBe('reset');
  });
});

describe('a folder that is moved away while it is open', () => {
  test('is not made again, and counts as locked when it is back', async () => {
    const { folder, lock, lost } = await openFolder();
    renameSync(folder, `${folder}.moved`);
    await untilHeld(lock, false);
    expect(() => lock.assertHeld()).toThrow('office.lock was removed or replaced');
    await sleep(700); // longer than the time between two checks
    expect(existsSync(folder)).toBe(false);
    renameSync(`${folder}.moved`, folder);
    await untilHeld(lock);
    expect(lost).toEqual([]);
  });

  test('and replaced by a file does not end the process', async () => {
    const { folder, lock, lost } = await openFolder();
    renameSync(folder, `${folder}.moved`);
    writeFileSync(folder, '');
    await untilHeld(lock, false);
    expect(() => lock.assertHeld()).toThrow('office.lock was removed or replaced');
    await sleep(700); // longer than the time between two checks
    rmSync(folder);
    renameSync(`${folder}.moved`, folder);
    await untilHeld(lock);
    expect(lost).toEqual([]);
  });

  async function openFolder() {
    const folder = testFolder();
    const lost: Error[] = [];
    const lock = await FolderLock.acquire(folder, file, (error) => lost.push(error));
    return { folder, lock, lost };
  }
});

test.each(['', 'STORE=js', 'something else that is longer than the settings are'])(
  'a lock file that was overwritten with %j lets in a worker with the same settings',
  async (text) => {
    const folder = testFolder();
    await acquire(folder, file);
    const path = join(folder, 'office.lock');
    writeFileSync(path, text);
    const settings = 'STORE=json LOCK_MODE=file LOCK_STALE_MS=5000';
    await until('it is written again', () => readFileSync(path, 'utf8') === settings);
    await acquire(folder, file);
    await expect(acquire(folder, kernel)).rejects.toThrow('LOCK_MODE is kernel here');
  },
);

test('a folder that is open with another time for leases is rejected, and the message says which', async () => {
  const folder = testFolder();
  await acquire(folder, file);
  await expect(acquire(folder, { ...file, LOCK_STALE_MS: 2000 })).rejects.toThrow(
    'start with the same (LOCK_STALE_MS is 2000 here)',
  );
});

test.runIf(process.platform === 'linux')(
  'a lock is released although a child that was started meanwhile has a copy of its descriptor',
  async () => {
    const folder = testFolder();
    const path = join(folder, 'office.lock');
    await withExclusiveFolderLock(folder, async () => {
      const descriptor = Number(readdirSync('/proc/self/fd').find(isOf(path)));
      const child = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
      onTestFinished(() => void child.kill());
    });
    await withExclusiveFolderLock(folder, async () => {});
  },
);

/** Finds the descriptor of an open file. */
const isOf = (path: string) => (descriptor: string) => {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`) === path;
  } catch {
    return false; // of the list itself, closed since
  }
};
