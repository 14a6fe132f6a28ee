import { describe, expect, test } from 'vitest';
import { formatHistory, parseHistory } from '../../src/verdict/history-lines.js';
import type { Answer, History } from '../../src/verdict/recorded-request.js';

const question = { kind: 'buy', eventId: 'a', customer: 'Ada', quantity: 1 } as const;
const answer: Answer = {
  status: 201,
  eventId: 'a',
  customer: 'Ada',
  quantity: 1,
  serials: [1],
  remaining: 2,
  version: 1,
};
const request = { id: '1', sentAt: 1, answeredAt: 2.5, question, answer };
const line = (changes: object): string => JSON.stringify({ ...request, ...changes });

describe('the lines of a history', () => {
  test('are parsed back to what was formatted', () => {
    const history: History = {
      requests: [
        request,
        { ...request, id: '2', question: { ...question, key: 'k' } },
        { ...request, id: '3', answeredAt: null, answer: null },
        { ...request, id: '4', answer: { status: 409, requested: 1, remaining: 0 } },
        {
          ...request,
          id: '5',
          question: { kind: 'search', query: '?q=jazz' },
          answer: { status: 200, version: 1, events: [{ id: 'a', remaining: 2 }] },
        },
        { ...request, id: '6', answer: { status: 503 } },
      ],
      dropped: 3,
    };
    expect(parseHistory([...formatHistory(history)])).toEqual(history);
  });

  test('may contain more members of an answer than are judged', () => {
    const { requests } = parseHistory([line({ answer: { ...answer, orderId: 'x', worker: 7 } })]);
    expect(requests).toEqual([request]);
  });

  test.each([
    ['{"id":', 'line 2: not valid JSON'],
    [line({ id: '1' }), 'line 2: line 1 already has the id "1"'],
    [line({ id: '' }), 'line 2: id: Too small'],
    [line({ id: '2', sentAt: 'soon' }), 'line 2: sentAt: Invalid input: expected number'],
    [line({ id: '2', sentAt: 3 }), 'line 2: answeredAt: it is earlier than sentAt'],
    [line({ id: '2', answer: null }), 'line 2: answeredAt: answer and answeredAt must both be set'],
    [line({ id: '2', question: { kind: 'beg' } }), 'line 2: question.kind: Invalid discriminator'],
    [line({ id: '2', question: { kind: 'buy' } }), 'line 2: question.eventId: Invalid input'],
    [line({ id: '2', answer: { status: 201 } }), 'line 2: answer.eventId: Invalid input'],
    [line({ id: '2', answer: {} }), 'line 2: answer.status: Invalid input: expected number'],
    [
      line({ id: '2', answer: { status: 200, version: 1, events: [] } }),
      'line 2: answer: 200 cannot answer a buy',
    ],
    [line({ id: '2', question: { kind: 'search' } }), 'line 2: answer: 201 cannot answer a search'],
  ])('are rejected with their number and the reason: %s', (text, reason) => {
    expect(() => parseHistory([line({}), text])).toThrow(reason);
  });
});
