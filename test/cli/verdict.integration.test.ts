import { appendFileSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Recorder } from '../../src/client/recorder.js';
import { json } from '../../src/store/json/driver.js';
import { ledger } from '../../src/store/ledger/driver.js';
import type { RecordedRequest } from '../../src/verdict/recorded-request.js';
import { anEvent, openOptions, testFolder } from '../support/folder.js';
import { run } from '../support/processes.js';

/** A folder in which tickets were sold, one at a time. */
async function folderWith(sales: number): Promise<string> {
  const folder = realpathSync(testFolder({ a: anEvent(10) }));
  const store = await json.open(openOptions(folder, false));
  for (let sale = 0; sale < sales; sale++) {
    await store.sell([{ kind: 'buy' as const, eventId: 'a', customer: 'Ada', quantity: 1 }]);
  }
  await store.close();
  return folder;
}

const verdict = (...args: string[]) => run('src/cli/verdict', { args });

describe('npm run verdict', () => {
  test('prints the folder first, and exits 0 when the verdict holds', async () => {
    const folder = await folderWith(3);
    const { code, stdout } = await verdict(folder);
    expect(stdout.split('\n')[0]).toBe(folder);
    expect(stdout).toContain('3 sold of 10, 7 left\n');
    expect(stdout).toContain('HOLDS: 3 tickets sold, each of them once.\n');
    expect(code).toBe(0);
  });

  test('exits 1 when it is broken, and prints why', async () => {
    const folder = await folderWith(2);
    const path = join(folder, 'receipts.jsonl');
    const receipt = JSON.parse(readFileSync(path, 'utf8').trim().split('\n')[0] ?? '');
    appendFileSync(path, `\n${JSON.stringify({ ...receipt, commit: 'another' })}\n`);
    const { code, stdout } = await verdict(folder);
    expect(stdout).toContain('BROKEN: 1 lost update, 1 duplicate serial');
    expect(code).toBe(1);
  });

  test('exits 3 when nothing was sold', async () => {
    const { code, stdout } = await verdict(await folderWith(0));
    expect([code, stdout.includes('INCONCLUSIVE: nothing was sold.')]).toEqual([3, true]);
  });

  test('exits 2 if there is no ticket file', async () => {
    const folder = testFolder();
    const { code, stderr } = await verdict(folder);
    expect([code, stderr]).toEqual([2, `${folder} contains no ticket file\n`]);
  });

  test('prints the counts as JSON', async () => {
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

/** A ledger of two tickets, and the recorded history of Ada, Bob and Cy, who each wanted one. */
async function recordedFolder(change: (requests: RecordedRequest[]) => RecordedRequest[]) {
  const folder = realpathSync(testFolder({ a: anEvent(2) }));
  await ledger.prepare(folder);
  const store = await ledger.open(openOptions(folder, false));
  const recorder = new Recorder();
  for (const customer of ['Ada', 'Bob', 'Cy']) {
    const buy = { kind: 'buy' as const, eventId: 'a', customer, quantity: 1 };
    const answered = recorder.recordRequest(buy);
    const { results } = await store.sell([buy]);
    const [answer] = results;
    if (answer?.kind === 'sold') answered({ status: 201, ...answer, serials: [...answer.serials] });
    if (answer?.kind === 'soldOut') answered({ status: 409, ...answer });
  }
  await store.close();
  const file = join(folder, 'history.jsonl');
  const requests = change([...recorder.history().requests]);
  writeFileSync(file, requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
  return { folder, file };
}

describe('npm run verdict -- --history', () => {
  test('prints the folder first, and exits 0 when the ledger explains every answer', async () => {
    const { folder, file } = await recordedFolder((requests) => requests);
    const { code, stdout, stderr } = await verdict('--history', file, folder);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')[0]).toBe(folder);
    expect(stdout).toContain('3 requests: 2 sold, 1 refused, 0 searched, 0 unknown\n');
    expect(stdout).toContain('HOLDS: the ledger explains all 3 requests.\n');
  });

  test('exits 1 and names the first request that shows a violation', async () => {
    const { folder, file } = await recordedFolder(([ada, bob, cy]) => [
      ada as RecordedRequest,
      { ...bob, answer: ada?.answer } as RecordedRequest,
      cy as RecordedRequest,
    ]);
    const { code, stdout } = await verdict('--history', file, folder);
    expect(stdout).toContain('BROKEN: request 2 ("Bob" buys 1 of a) got the sale of');
    expect(code).toBe(1);
    const { stdout: counts } = await verdict('--history', file, folder, '--json');
    expect(JSON.parse(counts)).toMatchObject({
      folder,
      verdict: 'broken',
      violations: { altered: 1, unasked: 1 },
      first: { kind: 'altered', id: '2' },
    });
  });

  test('exits 3 when nothing was proved, and allows unrecorded buyers only with --others', async () => {
    const { folder, file } = await recordedFolder(([ada]) => [ada as RecordedRequest]);
    const { code } = await verdict('--history', file, folder);
    expect(code).toBe(1); // Bob's sale has no recorded request
    const others = await verdict('--history', file, '--others', folder);
    expect([others.code, others.stdout]).toEqual([
      3,
      expect.stringContaining('INCONCLUSIVE: no buyer was refused.'),
    ]);
  });

  test('judges a recording that began later', async () => {
    const { folder, file } = await recordedFolder((requests) => requests.slice(1));
    const { stdout } = await verdict('--history', file, '--since', '1', folder);
    expect(stdout).toContain('HOLDS: the ledger explains all 2 requests');
  });

  test('exits 2 for invalid input, and prints why', async () => {
    const { folder, file } = await recordedFolder((requests) => requests);
    const failure = async (...args: string[]) => {
      const { code, stderr } = await verdict(...args);
      return [code, stderr];
    };
    const none = join(folder, 'none.jsonl');
    expect(await failure('--history', none, folder)).toEqual([2, `there is no history ${none}\n`]);
    const empty = testFolder();
    expect(await failure('--history', file, empty)).toEqual([
      2,
      `${empty} contains no ledger: a history can only be judged against a ledger\n`,
    ]);
    expect(await failure('--others', folder)).toEqual([
      2,
      '--since and --others require --history\n',
    ]);
    appendFileSync(file, 'not a line\n');
    expect(await failure('--history', file, folder)).toEqual([
      2,
      `${file}, line 4: not valid JSON\n`,
    ]);
  });
});
