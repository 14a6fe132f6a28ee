import { expect, test } from 'vitest';
import { aRound } from './a-round.js';
import { closedUnderLoad } from './rows/closed-under-load.js';

test('an office that is asked to close under load loses no buy that it accepted', async () => {
  expect(await closedUnderLoad.run(aRound())).toMatch(/^4 closed within /);
});
