import { expect, test } from 'vitest';
import { overload } from './faults/overload.js';
import { testRound } from './round.js';

test('ten times the load: rejected at once or served in time, in bounded memory', async () => {
  expect(await overload.run(testRound())).toMatch(/ sold, .* rejected; /);
});
