import { expect, test } from 'vitest';
import { sellThroughSleep, sleepingMachine } from './faults/sleeping-machine.js';
import { testRound } from './round.js';

test('a machine that sleeps for longer than a lease lasts sells on, each ticket once', async () => {
  expect(await sleepingMachine.run(testRound())).toContain('json file');
});

test('negative control: without a lock, sleep or not, tickets are sold twice', async () => {
  const program = 'test/programs/without-lock';
  const options = { store: 'json', mode: 'file', times: 1, program } as const;
  const { twice, verdict } = await sellThroughSleep(testRound(), options);
  expect(twice).toBeGreaterThan(0);
  expect(verdict).toBe('broken');
});
