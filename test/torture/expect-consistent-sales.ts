import { expect } from 'vitest';
import type { StoreName } from '../../src/store/registry.js';
import type { Load } from '../support/load.js';
import type { TestServer } from '../support/test-server.js';

/**
 * Checks what must hold after any fault: every ticket that a buyer got is on record, none was sold
 * twice, and the ledger agrees with all answers.
 *
 * @param load has been stopped; it bought tickets of the event `big`
 * @returns how many tickets its buyers got
 */
export async function expectConsistentSales(
  server: TestServer,
  load: Load,
  store: StoreName,
): Promise<number> {
  const serials = load.sold.flatMap((sale) => sale.serials ?? []);
  expect(new Set(serials).size).toBe(serials.length);
  const recorded = new Set(await server.soldSerials('big'));
  expect(serials.filter((serial) => !recorded.has(serial))).toEqual([]);
  const verdict = await server.verdict();
  expect(verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0 });
  if (store === 'ledger') {
    expect(verdict.withdrawn).toBe(0);
    expect((await server.judge(load.history)).first).toBeUndefined();
  }
  return serials.length;
}
