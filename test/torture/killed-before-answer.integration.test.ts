import { expect, test } from 'vitest';
import {
  expectOneSale,
  killedBeforeAnswer,
  retryAfterDeaths,
} from './faults/killed-before-answer.js';
import { testRound } from './round.js';

test('a buy that is retried after its worker died is sold once', async () => {
  expect(await killedBeforeAnswer.run(testRound())).toContain('one sale each');
});

test('negative control: without the key in the ledger line it is sold twice', async () => {
  const [retried] = await retryAfterDeaths(testRound(), [{ at: 'appended', action: 'kill' }], {
    program: 'test/programs/ledger-without-keys',
    env: { STORE: 'ledger', LOCK_MODE: 'kernel', WORKERS: '2' },
  });
  if (retried === undefined) throw new Error('no worker died');
  expect(retried.soldBy.length).toBeGreaterThan(1);
  expect(() => expectOneSale(retried)).toThrow();
});
