import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseHistory } from '../../src/verdict/history-lines.js';
import { type JudgeHistoryOptions, judgeHistory } from '../../src/verdict/judge-history.js';
import type { History } from '../../src/verdict/recorded-request.js';
import type {
  ReferenceCommit,
  ReferenceLog,
  ReferenceOp,
} from '../../src/verdict/reference-log.js';
import type { ViolationKind } from '../../src/verdict/violations.js';
import { anEvent } from '../support/folder.js';
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
const at = '2027-01-01T00:00:00.000Z';
const commit = (version: number, ...ops: ReferenceOp[]): ReferenceCommit => ({ version, at, ops });

/** What was actually sold in every history here: four tickets of `a`, and one of two of `b`. */
const commits = [
  commit(1, op('a', 'Ada', 2, 1, 2)),
  commit(2, op('a', 'Bob', 1, 3, 1), { ...op('b', 'Cy', 1, 1, 1), key: 'k1' }),
  commit(3, op('a', 'Dee', 1, 4, 0)),
];
const events = new Map([
  ['a', anEvent(4)],
  ['b', anEvent(2)],
]);
const ledger: ReferenceLog = { events, commits, keysRemembered: 100 };

const read = (name: string): History =>
  parseHistory(readFileSync(join(histories, `${name}.jsonl`), 'utf8').split('\n'));
const filesIn = (folder: string): string[] =>
  readdirSync(join(histories, folder)).map((name) => name.replace('.jsonl', ''));
const searchOrder = ({ requests }: History) => linearizable(requests, freshInventory(events));

/** What each of them shows. */
const good: Readonly<Record<string, string>> = {
  sequential: 'no two requests overlap',
  'all-concurrent': 'all requests overlap, and a search is answered from before all sales',
  'refused-within-a-batch': 'a buy of version 2 was refused between its two sales',
  'replayed-later': 'a key was sent again when the server was at version 3',
  'replay-answered-first': 'the first answer to a key went to the request sent last',
  'sold-but-unanswered': 'Bob was sold a ticket, but got no answer',
  'retried-after-no-answer': 'Cy retried with the key, and was answered',
  'unanswered-and-not-sold': 'two buys got no answer, and were not sold',
  'key-reused': 'a different buy with the key of Cy',
  'answered-when-the-next-is-sent': 'events at the same moment have no order',
};

/** The violation in each, the result of the search without a ledger, and what is wrong. */
const bad: Readonly<Record<string, readonly [ViolationKind, 'illegal' | 'ok', string]>> = {
  'lost-sale': ['lost', 'ok', 'Fay has a ticket that could have been sold, but was not'],
  'ticket-sold-twice': ['soldTwice', 'illegal', 'the same ticket went to two requests of Bob'],
  'ticket-of-another-buyer': ['altered', 'illegal', 'Dee was given the ticket of Bob'],
  'wrong-remaining': ['altered', 'illegal', 'two were left before Bob, not after'],
  'wrong-version': ['altered', 'ok', 'Bob bought in version 2, and could have bought with Ada'],
  'fewer-tickets-than-requested': ['altered', 'illegal', 'Ada requested two, and has one'],
  'unrequested-sale': ['unasked', 'illegal', 'Dee has a ticket and sent no request'],
  'older-version-later': ['outOfOrder', 'illegal', 'Ada buys after version 2 was seen'],
  'half-a-commit-seen': ['outOfOrder', 'ok', 'Cy buys after Bob was answered from the same commit'],
  'stale-search': ['stale', 'illegal', 'version 2 was seen before it was sent'],
  'early-search': ['early', 'illegal', 'it includes a ticket that Dee has not requested yet'],
  'search-of-impossible-state': ['wrongSearch', 'illegal', 'it lists one ticket too many'],
  'search-of-missing-version': ['wrongSearch', 'illegal', 'there are only three commits'],
  'refused-with-enough-remaining': [
    'wrongRefusal',
    'illegal',
    'two were requested, and two were left',
  ],
  'early-refusal': ['early', 'illegal', 'it says nothing is left, but Dee has not bought yet'],
  'stale-refusal': ['stale', 'illegal', 'one was left before Dee, but it was sent later'],
  'refused-with-impossible-remaining': ['wrongRefusal', 'illegal', 'there were never 3 left'],
  'refused-after-key-sold': ['wrongRefusal', 'illegal', 'the key had sold by then'],
  'key-never-used': ['wrongRefusal', 'illegal', 'nothing was sold with that key'],
  'existing-event-404': ['wrongRefusal', 'illegal', 'event b exists'],
  'requested-after-it-was-seen': [
    'outOfOrder',
    'illegal',
    'Dee saw the sale before Bob requested it',
  ],
  'replay-before-its-request': [
    'outOfOrder',
    'illegal',
    'version 3 was seen before Cy sent the request',
  ],
};

describe('a good history', () => {
  test('has a description for every file', () => {
    expect(filesIn('good').toSorted()).toEqual(Object.keys(good).toSorted());
  });

  test.each(Object.entries(good))('%s: %s', (name) => {
    const history = read(`good/${name}`);
    const { verdict, because } = judgeHistory(history, ledger);
    expect([verdict, because]).toEqual([
      'holds',
      `the ledger explains all ${history.requests.length} requests`,
    ]);
    expect(searchOrder(history)).toBe('ok');
  });
});

describe('a bad history', () => {
  test('has a description for every file', () => {
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
    expect(searchOrder(history)).toBe(search);
  });
});

describe('the verdict over a history', () => {
  const usual = read('good/sequential');
  const judged = (
    changes: Partial<History>,
    reference: Partial<ReferenceLog> = {},
    options: JudgeHistoryOptions = {},
  ) => judgeHistory({ ...usual, ...changes }, { ...ledger, ...reference }, options);

  test('counts the answers', () => {
    expect(judged({})).toMatchObject({ requests: 7, sold: 4, refused: 1, searched: 2, unknown: 0 });
  });

  test('names the violation whose request was sent first, and counts every kind', () => {
    const { requests } = read('bad/search-of-impossible-state');
    const { requests: more } = read('bad/wrong-remaining');
    const bob = more.filter(({ id }) => id === 'bob');
    const verdict = judged({ requests: [...requests.filter(({ id }) => id !== 'bob'), ...bob] });
    expect(verdict.because).toBe(
      'request bob ("Bob" buys 1 of a) got the sale of ticket 3 of a in version 2, but remaining should be 1 and is 2',
    );
    expect(verdict.violations).toEqual({ altered: 1, unasked: 1, wrongSearch: 1 });
  });

  test('is inconclusive when nothing was sold, no buyer was refused, or requests are missing', () => {
    const { requests } = usual;
    const nothing = { requests: requests.filter(({ id }) => id === 'nobody') };
    expect(judged(nothing, { commits: [] })).toMatchObject({
      verdict: 'inconclusive',
      because: 'nothing was sold',
    });
    expect(judged({ requests: requests.filter(({ id }) => id !== 'eve') })).toMatchObject({
      verdict: 'inconclusive',
      because: 'no buyer was refused',
    });
    expect(judged({ dropped: 3 })).toMatchObject({
      verdict: 'inconclusive',
      because: '3 requests were not recorded',
    });
  });

  test('accepts a sale without a request when others may have bought', () => {
    const { requests } = read('bad/unrequested-sale');
    expect(judged({ requests }, {}, { others: true }).verdict).toBe('holds');
  });

  test('ignores sales up to the version at which the recording began', () => {
    const requests = usual.requests.filter(({ id }) => id !== 'ada');
    expect(judged({ requests }).violations).toEqual({ unasked: 1 });
    expect(judged({ requests }, {}, { since: 1 }).verdict).toBe('holds');
    // Bob's sale is of version 2, and has no key, so it is not a replay.
    expect(judged({ requests }, {}, { since: 2 }).violations).toEqual({ outOfOrder: 1, stale: 1 });
    expect(judged({ requests }, {}, { since: 4 }).because).toBe('the ledger ends before version 4');
  });

  test('is broken by a ledger with commits out of sequence, or a key sold twice', () => {
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

describe('an event that was removed and created again, while a request got no answer', () => {
  const save = (name: string) => {
    const details = { ...eventDetails, name };
    return {
      op: { op: 'save' as const, event: 'a', revision: 1, details },
      question: { kind: 'saveEvent' as const, eventId: 'a', event: details },
    };
  };
  const { remaining: _, issued: __, revision: ___, ...eventDetails } = anEvent(1);
  const removal = { op: 'remove' as const, event: 'a' };
  const remove = { kind: 'removeEvent' as const, eventId: 'a' };
  const removed = { status: 204 as const };
  const created = { status: 201 as const, revision: 1, remaining: 1 };
  const buy = { kind: 'buy' as const, eventId: 'a', customer: 'Ada', quantity: 1 };
  const judged = (commits: readonly ReferenceCommit[], requests: History['requests']) =>
    judgeHistory(
      { requests, dropped: 0 },
      { events: new Map([['a', anEvent(1)]]), commits, keysRemembered: 9 },
    );

  test('is explained if the request without an answer removed it first', () => {
    const { op, question } = save('new');
    const requests = [
      { id: '1', sentAt: 0, answeredAt: null, question: remove, answer: null },
      { id: '2', sentAt: 0, answeredAt: 1, question: buy, answer: { status: 404 as const } },
      { id: '3', sentAt: 2, answeredAt: 3, question, answer: created },
      { id: '4', sentAt: 4, answeredAt: 5, question: remove, answer: removed },
    ];
    const all = [commit(1, removal), commit(2, op), commit(3, removal)];
    expect(judged(all, requests)).toMatchObject({ verdict: 'holds', violations: {} });
    // Negative control: without that request, nobody had removed it when the buyer was told so.
    const [, ...answered] = requests;
    const violations = { early: 1, unasked: 1 };
    expect(judged(all, answered)).toMatchObject({ verdict: 'broken', violations });
  });

  test('is explained if the request without an answer created it first, with other details', () => {
    const [first, second] = [save('first'), save('second')];
    const requests = [
      { id: '1', sentAt: 0, answeredAt: 1, question: remove, answer: removed },
      { id: '2', sentAt: 2, answeredAt: null, question: first.question, answer: null },
      { id: '3', sentAt: 3, answeredAt: 4, question: remove, answer: removed },
      { id: '4', sentAt: 5, answeredAt: 6, question: second.question, answer: created },
      { id: '5', sentAt: 7, answeredAt: 8, question: remove, answer: removed },
      { id: '6', sentAt: 9, answeredAt: 10, question: buy, answer: { status: 404 as const } },
    ];
    const all = [removal, first.op, removal, second.op, removal].map((op, index) =>
      commit(index + 1, op),
    );
    expect(judged(all, requests)).toMatchObject({ verdict: 'holds', violations: {} });
  });
});
