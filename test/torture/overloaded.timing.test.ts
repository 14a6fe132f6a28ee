import { expect, test } from 'vitest';
import { aRound } from './a-round.js';
import { overloaded } from './rows/overloaded.js';

test('ten times too many buys: refused at once or served in time, in bounded memory', async () => {
  expect(await overloaded.run(aRound())).toMatch(/ sold, .* refused; /);
});
