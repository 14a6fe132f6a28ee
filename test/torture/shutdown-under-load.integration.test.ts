import { expect, test } from 'vitest';
import { shutdownUnderLoad } from './faults/shutdown-under-load.js';
import { testRound } from './round.js';

test('a server that shuts down under load answers every accepted buy', async () => {
  expect(await shutdownUnderLoad.run(testRound())).toMatch(/^4 shut down within /);
});
