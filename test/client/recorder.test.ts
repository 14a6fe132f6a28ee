import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Recorder } from '../../src/client/recorder.js';
import { parseHistory } from '../../src/verdict/history-lines.js';
import { testFolder } from '../support/folder.js';

const question = { kind: 'buy', eventId: 'a', customer: 'Ada', quantity: 1 } as const;
const soldOut = { status: 409, requested: 1, remaining: 0 } as const;

/** A recorder whose clock counts its readings. */
function createRecorder(requestsMax?: number): Recorder {
  let readings = 0;
  return new Recorder(requestsMax, () => ++readings);
}

test('records requests when they are sent, and answers when they arrive', async () => {
  const recorder = createRecorder();
  const first = recorder.recordRequest(question);
  recorder.recordRequest({ kind: 'search' }); // never answered
  const third = recorder.recordRequest({ ...question, key: 'k' });
  third(soldOut);
  first({ status: 503 });

  const path = join(testFolder(), 'history.jsonl');
  await recorder.writeTo(path);
  const history = parseHistory(readFileSync(path, 'utf8').split('\n'));
  expect(history).toEqual(recorder.history());
  expect(history).toEqual({
    requests: [
      { id: '1', sentAt: 1, answeredAt: 5, question, answer: { status: 503 } },
      { id: '2', sentAt: 2, answeredAt: null, question: { kind: 'search' }, answer: null },
      { id: '3', sentAt: 3, answeredAt: 4, question: { ...question, key: 'k' }, answer: soldOut },
    ],
    dropped: 0,
  });
});

test('stops recording at its limit, and counts the dropped requests', async () => {
  const recorder = createRecorder(2);
  for (let sent = 0; sent < 5; sent++) recorder.recordRequest(question)(soldOut);
  expect(recorder.dropped).toBe(3);

  const path = join(testFolder(), 'history.jsonl');
  await recorder.writeTo(path);
  const { requests, dropped } = parseHistory(readFileSync(path, 'utf8').split('\n'));
  expect([requests.length, dropped]).toEqual([2, 3]);
});
