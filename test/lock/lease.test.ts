import fs, { mkdirSync, rmdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { file } from '../../src/lock/file-lease.js';
import { LockTimeoutError } from '../../src/lock/lock-mode.js';
import { testFolder } from '../support/folder.js';

async function openLease() {
  const path = join(testFolder(), 'tickets.json');
  const warnings: unknown[] = [];
  const onWarning = (message: string, cause: unknown) => warnings.push(`${message}: ${cause}`);
  const lock = await file.open({ path, recordPath: '', staleMs: 2000, onWarning });
  return { lock, lease: `${path}.lock`, warnings };
}

const soon = (): number => performance.now() + 150;

/** Creates the lease of another process, renewed this many seconds from now. */
function createLease(lease: string, seconds: number): void {
  const at = new Date(Date.now() + seconds * 1000);
  mkdirSync(lease);
  utimesSync(lease, at, at);
}

describe('lock mode file', () => {
  test('creates the lease again if another process removed it right after its creation', async () => {
    const { lock, lease } = await openLease();
    const mkdir = fs.mkdirSync;
    let attempts = 0;
    const replaceMkdir = (mkdirSync: unknown) => {
      Object.assign(fs, { mkdirSync });
      syncBuiltinESMExports();
    };
    replaceMkdir((path: string) => {
      mkdir(path);
      if (attempts++ === 0) rmdirSync(lease);
    });
    onTestFinished(() => replaceMkdir(mkdir));
    expect(await lock.run(async () => 'held', soon())).toBe('held');
    expect(attempts).toBe(2);
  });

  test('rejects with ENOENT if the folder does not exist', async () => {
    const path = join(testFolder(), 'nowhere', 'tickets.json');
    const lock = await file.open({ path, recordPath: '', staleMs: 2000, onWarning: () => {} });
    await expect(lock.run(async () => {}, soon())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('warns of a lease that is dated in the future', async () => {
    const { lock, lease, warnings } = await openLease();
    createLease(lease, 3600);
    await expect(lock.run(async () => {}, soon())).rejects.toThrow(LockTimeoutError);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /a lease is dated in the future: .*tickets\.json\.lock is dated 3600 s ahead/,
    );
  });

  test('finds what is in the way of it, before it is opened and later', async () => {
    const { lock, lease } = await openLease();
    const path = lease.slice(0, -'.lock'.length);
    const options = { path, recordPath: '', staleMs: 2000, onWarning: () => {} };
    for (const [make, what] of [
      [() => writeFileSync(lease, ''), 'not a folder'],
      [() => mkdirSync(join(lease, 'x'), { recursive: true }), 'a folder with files in it'],
    ] as const) {
      make();
      expect(lock.findObstacle?.()).toContain(what);
      await expect(file.open(options)).rejects.toThrow(`because it is ${what}: remove it`);
      rmSync(lease, { recursive: true });
      expect(lock.findObstacle?.()).toBeUndefined();
    }
    createLease(lease, 0); // another process holds it
    expect(lock.findObstacle?.()).toBeUndefined();
    await file.open(options);
  });

  test('does not warn of a lease that was just renewed', async () => {
    const { lock, lease, warnings } = await openLease();
    createLease(lease, 1); // the library dates the first lease of a process so
    await expect(lock.run(async () => {}, soon())).rejects.toThrow(LockTimeoutError);
    expect(warnings).toEqual([]);
  });
});
