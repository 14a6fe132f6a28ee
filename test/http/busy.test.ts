import { expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { sharedApp } from './test-app.js';

const app = sharedApp({
  env: { QUEUE_MAX: '2', RACE_WINDOW_MS: '100' },
  events: { gala: anEvent(10) },
});

test('rejects a buy with 503 and Retry-After while the queue is full, and sells it nothing', async () => {
  const buys = Array.from({ length: 5 }, (_, index) =>
    app().buy({ eventId: 'gala', customer: `buyer ${index}` }),
  );
  const answers = await Promise.all(buys);
  const sold = answers.filter(({ status }) => status === 201);
  const rejected = answers.filter(({ status }) => status !== 201);
  expect(sold).toHaveLength(2);
  for (const answer of rejected) await expectProblem(answer, 503, 'busy');
  expect(app().receipts()).toHaveLength(2);
  expect(await app().remaining('gala')).toBe(8);
  expect((await app().buy({ eventId: 'gala', customer: 'patient' })).status).toBe(201);
});
