import { expect, test } from 'vitest';
import { aRound } from './a-round.js';
import {
  expectOneSale,
  killedBeforeTheAnswer,
  retryAfterDeaths,
} from './rows/killed-before-the-answer.js';

test('a buy that is asked for again after its worker died is sold once', async () => {
  expect(await killedBeforeTheAnswer.run(aRound())).toContain('one sale each');
});

test('without the key in the line it is sold twice', async () => {
  const [retried] = await retryAfterDeaths(aRound(), [{ at: 'appended', how: 'kill' }], {
    program: 'test/programs/keyless-office',
    env: { STORE: 'ledger', LOCK_MODE: 'kernel', WORKERS: '2' },
  });
  if (retried === undefined) throw new Error('nobody died');
  expect(retried.soldBy.length).toBeGreaterThan(1);
  expect(() => expectOneSale(retried)).toThrow();
});
