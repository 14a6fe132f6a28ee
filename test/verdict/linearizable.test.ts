import { describe, expect, test } from 'vitest';
import type { RecordedRequest } from '../../src/verdict/recorded-request.js';
import { freshInventory } from './inventory-model.js';
import { linearizable } from './linearizable.js';

const start = freshInventory(new Map([['a', 100]]));

/** That many buys of one ticket at once, each sold another one, in the order of their tickets. */
const crowd = (buyers: number): RecordedRequest[] =>
  Array.from({ length: buyers }, (_, index) => {
    const body = { eventId: 'a', customer: `c${index}`, quantity: 1 };
    const answer = { ...body, serials: [index + 1], remaining: 99 - index, version: index + 1 };
    return {
      id: `${index}`,
      sentAt: 0,
      answeredAt: 1,
      question: { kind: 'buy', ...body },
      answer: { status: 201, ...answer },
    };
  });

/** A search that was sent after that many buys were answered. */
const search = (version: number, remaining: number): RecordedRequest => ({
  id: 'search',
  sentAt: 2,
  answeredAt: 3,
  question: { kind: 'search' },
  answer: { status: 200, version, events: [{ id: 'a', remaining }] },
});

const unanswered = (requests: readonly RecordedRequest[]): RecordedRequest[] =>
  requests.map((request) => ({ ...request, answeredAt: null, answer: null }));

describe('the search for an order', () => {
  test('finds the one order of many that explains the answers', () => {
    const requests = [...crowd(12).toReversed(), search(12, 88)];
    expect(linearizable(requests, start)).toBe('ok');
  });

  test('says when there is none', () => {
    expect(linearizable([...crowd(5), search(4, 96)], start)).toBe('illegal');
    expect(linearizable([...crowd(5), search(5, 96)], start)).toBe('illegal');
  });

  test('lets what was not answered happen at any later time, or never', () => {
    const [last] = crowd(1);
    const lost = unanswered(crowd(6));
    for (const happened of [0, 3, 6]) {
      expect(linearizable([...lost, search(happened, 100 - happened)], start)).toBe('ok');
    }
    expect(linearizable([...lost, search(7, 93)], start)).toBe('illegal');
    // Sold as if alone, after the search: the others came later still, if ever.
    const alone = { ...(last as RecordedRequest), id: 'alone', sentAt: 4, answeredAt: 5 };
    expect(linearizable([...lost, search(0, 100), alone], start)).toBe('ok');
  });

  test('tries no set of requests twice that led to the same state', () => {
    // 10 have 10! orders, more than it may step through, and 1,024 sets.
    const alike = unanswered(crowd(10));
    expect(linearizable([...alike, search(11, 89)], start)).toBe('illegal');
  });

  test('gives up after so many steps, and that is no pass', () => {
    expect(linearizable([...crowd(12).toReversed(), search(12, 88)], start, 20)).toBe('unknown');
  });
});
