import { appendFileSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { json } from '../../src/store/json-kind.js';
import { anEvent, openOptions, testFolder } from '../support/folder.js';
import { run } from '../support/processes.js';

/** A folder in which tickets were sold, one at a time. */
async function folderWith(sales: number): Promise<string> {
  const folder = realpathSync(testFolder({ a: anEvent(10) }));
  const store = await json.open(openOptions(folder, false));
  for (let sale = 0; sale < sales; sale++) {
    await store.sell([{ eventId: 'a', customer: 'Ada', quantity: 1 }], () => {});
  }
  await store.close();
  return folder;
}

const verdict = (...args: string[]) => run('src/cli/verdict', { args });

describe('npm run verdict', () => {
  test('names the folder first, and exits 0 when it holds', async () => {
    const folder = await folderWith(3);
    const { code, stdout } = await verdict(folder);
    expect(stdout.split('\n')[0]).toBe(folder);
    expect(stdout).toContain('3 sold of 10, 7 left\n');
    expect(stdout).toContain('HOLDS: 3 tickets sold, each of them once.\n');
    expect(code).toBe(0);
  });

  test('exits 1 when it is broken, and says how', async () => {
    const folder = await folderWith(2);
    const path = join(folder, 'receipts.jsonl');
    const receipt = JSON.parse(readFileSync(path, 'utf8').trim().split('\n')[0] ?? '');
    appendFileSync(path, `\n${JSON.stringify({ ...receipt, commit: 'another' })}\n`);
    const { code, stdout } = await verdict(folder);
    expect(stdout).toContain('BROKEN: 1 lost update, 1 serial sold again');
    expect(code).toBe(1);
  });

  test('exits 3 when nothing was sold', async () => {
    const { code, stdout } = await verdict(await folderWith(0));
    expect([code, stdout.includes('INCONCLUSIVE: nothing was sold here')]).toEqual([3, true]);
  });

  test('exits 2 where there is no ticket file, and makes none', async () => {
    const folder = testFolder();
    const { code, stderr } = await verdict(folder);
    expect([code, stderr]).toEqual([2, `${folder} holds no ticket file\n`]);
  });

  test('prints its counts as JSON', async () => {
    const folder = await folderWith(1);
    const { stdout } = await verdict(folder, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      folder,
      verdict: 'holds',
      version: 1,
      events: [{ id: 'a', capacity: 10, sold: 1, remaining: 9, oversold: 0, duplicates: 0 }],
      lostUpdates: 0,
      withdrawn: 0,
    });
  });
});
