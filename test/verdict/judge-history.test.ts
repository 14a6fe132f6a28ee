import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseHistory } from '../../src/verdict/history-lines.js';
import { type JudgeHistoryOptions, judgeHistory } from '../../src/verdict/judge-history.js';
import type { History } from '../../src/verdict/recorded-request.js';
import type { ReferenceCommit, ReferenceLog, SoldOp } from '../../src/verdict/reference-log.js';
import type { ViolationKind } from '../../src/verdict/violations.js';
import { freshInventory } from './inventory-model.js';
import { linearizable } from './linearizable.js';

const histories = join(import.meta.dirname, 'histories');

const op = (event: string, customer: string, quantity: number, first: number, left: number) => ({
  event,
  customer,
  quantity,
  first,
  left,
});
const commit = (version: number, ...ops: SoldOp[]): ReferenceCommit => ({ version, ops });

/** What was really sold in every history here: four tickets of `a`, and one of two of `b`. */
const commits = [
  commit(1, op('a', 'Ada', 2, 1, 2)),
  commit(2, op('a', 'Bob', 1, 3, 1), { ...op('b', 'Cy', 1, 1, 1), key: 'k1' }),
  commit(3, op('a', 'Dee', 1, 4, 0)),
];
const capacities = new Map([
  ['a', 4],
  ['b', 2],
]);
const ledger: ReferenceLog = { capacities, commits, keysRemembered: 100 };

const read = (name: string): History =>
  parseHistory(readFileSync(join(histories, `${name}.jsonl`), 'utf8').split('\n'));
const filesIn = (folder: string): string[] =>
  readdirSync(join(histories, folder)).map((name) => name.replace('.jsonl', ''));
const searchFor = ({ requests }: History) => linearizable(requests, freshInventory(capacities));

/** What is good about each. */
const good: Readonly<Record<string, string>> = {
  'one-after-the-other': 'nobody is in flight with anybody',
  'all-at-once': 'everybody is, and a search is answered from before them all',
  'refused-within-a-batch': 'one of version 2 was refused between its two sales',
  'replayed-later': 'a key was sent again when the office was at version 3',
  'replay-answered-first': 'the first answer to a key went to the request that was sent last',
  'sold-without-an-answer': 'Bob has his ticket and does not know',
  'retried-after-no-answer': 'Cy asked again with the key, and was told',
  'never-sold-without-an-answer': 'two heard nothing, and have nothing',
  'key-reused': 'another buy with the key of Cy',
  'answered-at-the-moment-of-asking': 'what happens at one moment has no order',
};

/** What is wrong with each, by which offence, and what the search without a ledger makes of it. */
const bad: Readonly<Record<string, readonly [ViolationKind, 'illegal' | 'ok', string]>> = {
  'lost-sale': ['lost', 'ok', 'Fay has a ticket that might have been sold, and was not'],
  'ticket-sold-twice': ['soldTwice', 'illegal', 'the same ticket went to two requests of Bob'],
  'ticket-of-another': ['altered', 'illegal', 'Dee was given the ticket of Bob'],
  'wrong-remaining': ['altered', 'illegal', 'two were left before Bob, not after'],
  'wrong-version': ['altered', 'ok', 'Bob bought in version 2, and might have bought with Ada'],
  'fewer-tickets-than-asked': ['altered', 'illegal', 'Ada paid for two, and has one'],
  'sale-nobody-asked-for': ['unasked', 'illegal', 'Dee has a ticket and never asked'],
  'older-version-afterwards': ['outOfOrder', 'illegal', 'Ada asks when version 2 was told'],
  'one-commit-half-told': ['outOfOrder', 'ok', 'Cy joins the commit that Bob was told of'],
  'search-of-an-old-state': ['stale', 'illegal', 'version 2 was told before it was asked'],
  'search-from-the-future': ['early', 'illegal', 'it sees the ticket that Dee has not asked for'],
  'search-of-no-state': ['wrongSearch', 'illegal', 'one too many is left'],
  'search-of-no-version': ['wrongSearch', 'illegal', 'there were three commits'],
  'refused-with-enough-left': ['wrongRefusal', 'illegal', 'two were left of the two wanted'],
  'refused-too-early': ['early', 'illegal', 'nothing is left, and Dee has not asked yet'],
  'refused-from-an-old-state': ['stale', 'illegal', 'one was left before Dee, and it is later'],
  'refused-with-a-number-that-never-was': ['wrongRefusal', 'illegal', 'there were never 3 left'],
  'refused-although-the-key-had-sold': ['wrongRefusal', 'illegal', 'the key is of a sale by then'],
  'key-never-used': ['wrongRefusal', 'illegal', 'nothing was sold with that key'],
  'event-denied': ['wrongRefusal', 'illegal', 'there is an event b'],
  'asked-for-after-it-was-seen': [
    'outOfOrder',
    'illegal',
    'Dee saw the sale that Bob asks for now',
  ],
  'replay-before-the-question': ['outOfOrder', 'illegal', 'version 3 was told when Cy asked'],
};

describe('a good history', () => {
  test('has a line for every file', () => {
    expect(filesIn('good').toSorted()).toEqual(Object.keys(good).toSorted());
  });

  test.each(Object.entries(good))('%s: %s', (name) => {
    const history = read(`good/${name}`);
    const { verdict, because } = judgeHistory(history, ledger);
    expect([verdict, because]).toEqual([
      'holds',
      `${history.requests.length} answers, and the ledger explains each of them`,
    ]);
    expect(searchFor(history)).toBe('ok');
  });
});

describe('a bad history', () => {
  test('has a line for every file', () => {
    expect(filesIn('bad').toSorted()).toEqual(Object.keys(bad).toSorted());
  });

  const rows = Object.entries(bad).map(([name, [kind, search, why]]) => ({
    name,
    kind,
    search,
    why,
  }));
  test.each(rows)('$name: $why', ({ name, kind, search }) => {
    const history = read(`bad/${name}`);
    const { verdict, violations } = judgeHistory(history, ledger);
    expect(verdict).toBe('broken');
    expect(violations).toHaveProperty(kind);
    expect(searchFor(history)).toBe(search);
  });
});

describe('the verdict over a history', () => {
  const usual = read('good/one-after-the-other');
  const judged = (
    changes: Partial<History>,
    reference: Partial<ReferenceLog> = {},
    options: JudgeHistoryOptions = {},
  ) => judgeHistory({ ...usual, ...changes }, { ...ledger, ...reference }, options);

  test('counts what was told', () => {
    expect(judged({})).toMatchObject({ requests: 7, sold: 4, refused: 1, searched: 2, unknown: 0 });
  });

  test('names the offending request that was sent first, and counts every kind', () => {
    const { requests } = read('bad/search-of-no-state');
    const { requests: more } = read('bad/wrong-remaining');
    const bob = more.filter(({ id }) => id === 'bob');
    const verdict = judged({ requests: [...requests.filter(({ id }) => id !== 'bob'), ...bob] });
    expect(verdict.because).toBe(
      'request bob ("Bob" buys 1 of a) was told of the sale of ticket 3 of a in version 2, but remaining should be 1 and is 2',
    );
    expect(verdict.violations).toEqual({ altered: 1, unasked: 1, wrongSearch: 1 });
  });

  test('is no pass when nothing was sold, nobody was refused, or something is missing', () => {
    const { requests } = usual;
    const nothing = { requests: requests.filter(({ id }) => id === 'nobody') };
    expect(judged(nothing, { commits: [] })).toMatchObject({
      verdict: 'inconclusive',
      because: 'nothing was sold',
    });
    expect(judged({ requests: requests.filter(({ id }) => id !== 'eve') })).toMatchObject({
      verdict: 'inconclusive',
      because: 'nobody was refused',
    });
    expect(judged({ dropped: 3 })).toMatchObject({
      verdict: 'inconclusive',
      because: '3 requests were not recorded',
    });
  });

  test('asks for no question to a sale when others may have bought', () => {
    const { requests } = read('bad/sale-nobody-asked-for');
    expect(judged({ requests }, {}, { others: true }).verdict).toBe('holds');
  });

  test('takes sales for older than the recording, up to the version that it began with', () => {
    const requests = usual.requests.filter(({ id }) => id !== 'ada');
    expect(judged({ requests }).violations).toEqual({ unasked: 1 });
    expect(judged({ requests }, {}, { since: 1 }).verdict).toBe('holds');
    // The sale of Bob is of version 2, and has no key by which it might be told again.
    expect(judged({ requests }, {}, { since: 2 }).violations).toEqual({ outOfOrder: 1, stale: 1 });
    expect(judged({ requests }, {}, { since: 4 }).because).toBe('the ledger ends before version 4');
  });

  test('is broken by a ledger that sells out of turn, or a key twice', () => {
    const [first, second, third] = commits as [ReferenceCommit, ReferenceCommit, ReferenceCommit];
    for (const wrong of [
      [second, first, third],
      [first, third],
      [first, second, second],
    ]) {
      expect(judged({}, { commits: wrong }).violations).toEqual({ wrongLedger: 1 });
    }
    const again = commit(4, { ...op('b', 'Cy', 1, 2, 0), key: 'k1' });
    const twice = { commits: [...commits, again] };
    expect(judged({}, twice, { others: true }).violations).toEqual({ keySoldTwice: 1 });
    expect(judged({}, { ...twice, keysRemembered: 1 }, { others: true }).verdict).toBe('holds');
  });
});
