import { expect, test } from 'vitest';
import { aRound } from './a-round.js';
import { attack, besieged, expectUnharmed } from './rows/besieged.js';

test('nonsense, slow clients and large bodies do no harm', async () => {
  expect(await besieged.run(aRound())).toMatch(/^ledger: .*200 × \d+/);
});

test('an office that keeps something of every request is seen', async () => {
  const program = 'test/programs/hoarding-office';
  const few = { requests: 800, largeBodies: 10, patient: false };
  const hoarded = await attack(aRound(), { store: 'ledger', seed: 1, ...few, program });
  expect(hoarded.complaints).toEqual([]);
  expect(hoarded.growthMb).toBeGreaterThan(80);
  expect(() => expectUnharmed({ ...hoarded, growthMb: 0 })).not.toThrow(); // it is the memory alone
  expect(() => expectUnharmed(hoarded)).toThrow();
});
