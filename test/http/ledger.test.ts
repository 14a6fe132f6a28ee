import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { type ChainingStore, readLines, testLedgerRoute } from './ledger-route.js';
import { sharedApp } from './test-app.js';

const app = sharedApp({ env: { STORE: 'ledger' }, events: { gala: anEvent(1000) } });
const json = sharedApp();

const file = () => join(app().folder, 'ledger.jsonl');
const store = (): ChainingStore => ({
  fetch: (path) => app().fetch(path),
  buy: (body) => app().buy(body),
  appendUncounted: async () => appendFileSync(file(), 'not a line of ours\n'),
});

describe('the ledger', () => testLedgerRoute(store));

test('shows a torn line without a commit, and the pid that wrote each other line', async () => {
  await app().buy({ eventId: 'gala', customer: 'Ada' });
  await store().appendUncounted();
  const [whole, torn] = (await readLines(app())).slice(-2);
  expect(torn).toMatchObject({ counts: false });
  expect(torn?.commit).toBeUndefined();
  expect(whole?.commit?.pid).toBe(process.pid);
});

test('skips a complete line that was overtaken', async () => {
  await app().buy({ eventId: 'gala', customer: 'Ada' });
  const before = await readLines(app());
  // The newest line again: its predecessor has a successor already.
  const lastLine = readFileSync(file(), 'utf8').trimEnd().split('\n').at(-1);
  appendFileSync(file(), `${lastLine}\n`);
  await app().buy({ eventId: 'gala', customer: 'Ada' });
  const lines = await readLines(app());
  const [overtaken, newest] = lines.slice(-2);
  expect([overtaken?.counts, newest?.counts]).toEqual([false, true]);
  expect(overtaken?.commit?.seq).toBe(before.at(-1)?.commit?.seq);
});

test('a store without a chain is answered with 501', async () => {
  await expectProblem(await json().fetch('/ledger'), 501, 'not-supported');
});
