import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import type { TestServer } from '../support/office.js';
import { ApiDocument } from './api-document.js';
import { expectProblem } from './expect-problem.js';
import { sharedOffice } from './shared-office.js';

const events = { gala: anEvent(1000) };
const ledger = sharedOffice({ env: { STORE: 'ledger' }, events });
const postgres = sharedOffice({ env: { STORE: 'postgres' }, events });
const json = sharedOffice();

interface Lines {
  lines: {
    counts: boolean;
    hash: string;
    commit?: { seq: number; prev: string; pid?: number; sold: object[] };
  }[];
}

const linesOf = async (office: TestServer): Promise<Lines['lines']> =>
  ((await (await office.fetch('/ledger')).json()) as Lines).lines;

describe.each([
  ['the ledger', ledger],
  ['postgres', postgres],
])('%s', (_store, office) => {
  test('each line that counts names the hash of the one before; what does not count is told', async () => {
    expect(await linesOf(office())).toEqual([]);
    const customer = 'Wilhelmina Unforgettable';
    for (const quantity of [2, 1]) await office().buy({ eventId: 'gala', customer, quantity });
    await office().writeInVain();
    const sale = (await (await office().buy({ eventId: 'gala', customer })).json()) as object;

    const lines = await linesOf(office());
    expect(lines.map(({ counts }) => counts)).toEqual([true, true, false, true]);
    const counted = lines.filter(({ counts }) => counts);
    expect(counted.map(({ commit }) => commit?.seq)).toEqual([1, 2, 3]);
    expect(counted.map(({ commit }) => commit?.sold)).toEqual([
      [{ eventId: 'gala', first: 1, last: 2 }],
      [{ eventId: 'gala', first: 3, last: 3 }],
      [{ eventId: 'gala', first: 4, last: 4 }],
    ]);
    expect(counted[1]?.commit?.prev).toBe(counted[0]?.hash);
    expect(counted[2]?.commit?.prev).toBe(counted[1]?.hash);

    const answer = await office().fetch('/ledger');
    const text = await answer.clone().text();
    expect(text).not.toMatch(/Wilhelmina|Unforgettable/);
    expect(text).not.toContain((sale as { orderId: string }).orderId);
    const document = new ApiDocument(await (await office().fetch('/openapi.json')).text());
    expect(await document.complaints('GET /ledger', answer)).toEqual([]);
  });

  test('as many lines as fit on a page, the newest of them', async () => {
    for (let sale = 0; sale < 45; sale++) await office().buy({ eventId: 'gala', customer: 'Ada' });
    const lines = await linesOf(office());
    expect(lines).toHaveLength(40);
    expect(lines.at(-1)?.commit?.seq).toBe(48);
    expect(lines.every(({ counts }) => counts)).toBe(true);
  });
});

test('a torn line is no commit, and a ledger knows who wrote the others', async () => {
  await ledger().buy({ eventId: 'gala', customer: 'Ada' });
  await ledger().writeInVain();
  const [whole, torn] = (await linesOf(ledger())).slice(-2);
  expect(torn).toMatchObject({ counts: false });
  expect(torn?.commit).toBeUndefined();
  const pids = (await ledger().workers()).map(({ pid }) => pid);
  expect(pids).toContain(whole?.commit?.pid);
});

test('a line that was overtaken is skipped, though it is whole', async () => {
  await ledger().buy({ eventId: 'gala', customer: 'Ada' });
  const before = await linesOf(ledger());
  // The newest line once more: it extends a line that has been extended already.
  ledger().append(`${ledger().ledgerLines().at(-1)}\n`);
  await ledger().buy({ eventId: 'gala', customer: 'Ada' });
  const lines = await linesOf(ledger());
  const [overtaken, recentCommits] = lines.slice(-2);
  expect([overtaken?.counts, recentCommits?.counts]).toEqual([false, true]);
  expect(overtaken?.commit?.seq).toBe(before.at(-1)?.commit?.seq);
});

test('a store that chains nothing says so', async () => {
  await expectProblem(await json().fetch('/ledger'), 501, 'not-supported');
});
