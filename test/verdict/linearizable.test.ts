import { describe, expect, test } from 'vitest';
import type { RecordedRequest } from '../../src/verdict/recorded-request.js';
import { anEvent } from '../support/folder.js';
import { freshInventory } from './inventory-model.js';
import { linearizable } from './linearizable.js';

const start = freshInventory(new Map([['a', anEvent(100)]]));

/** Concurrent buys of one ticket each, all sold, in the order of their serials. */
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

/** A search that was sent after the buys were answered. */
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

  test('reports when there is none', () => {
    expect(linearizable([...crowd(5), search(4, 96)], start)).toBe('illegal');
    expect(linearizable([...crowd(5), search(5, 96)], start)).toBe('illegal');
  });

  test('lets an unanswered buy take effect at any later time, or never', () => {
    const [last] = crowd(1);
    const lost = unanswered(crowd(6));
    for (const happened of [0, 3, 6]) {
      expect(linearizable([...lost, search(happened, 100 - happened)], start)).toBe('ok');
    }
    expect(linearizable([...lost, search(7, 93)], start)).toBe('illegal');
    // Sold as the first, after the search: the others took effect even later, or never.
    const alone = { ...(last as RecordedRequest), id: 'alone', sentAt: 4, answeredAt: 5 };
    expect(linearizable([...lost, search(0, 100), alone], start)).toBe('ok');
  });

  test('never tries a set of requests twice that led to the same state', () => {
    // Ten buys have 10! orders, more than the limit of steps, but only 1,024 sets.
    const alike = unanswered(crowd(10));
    expect(linearizable([...alike, search(11, 89)], start)).toBe('illegal');
  });

  test('stops after a number of steps, which is not a pass', () => {
    expect(linearizable([...crowd(12).toReversed(), search(12, 88)], start, 20)).toBe('unknown');
  });
});
