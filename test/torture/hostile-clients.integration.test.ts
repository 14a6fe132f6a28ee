import { expect, test } from 'vitest';
import { attack, expectUnharmed, hostileClients } from './faults/hostile-clients.js';
import { testRound } from './round.js';

test('fuzzed requests, slow clients and large bodies do no harm', async () => {
  expect(await hostileClients.run(testRound())).toMatch(/^ledger: .*200 × \d+/);
});

test('negative control: a memory leak is detected', async () => {
  const program = 'test/programs/memory-leak';
  const few = { requests: 800, largeBodies: 10, waitForClose: false };
  const leaked = await attack(testRound(), { store: 'ledger', seed: 1, ...few, program });
  expect(leaked.complaints).toEqual([]);
  expect(leaked.growthMb).toBeGreaterThan(80);
  expect(() => expectUnharmed({ ...leaked, growthMb: 0 })).not.toThrow(); // only the memory fails
  expect(() => expectUnharmed(leaked)).toThrow();
});
