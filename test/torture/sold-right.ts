import { expect } from 'vitest';
import type { StoreName } from '../../src/store/registry.js';
import type { Load } from '../support/load.js';
import type { TestServer } from '../support/office.js';

/**
 * What holds after whatever went wrong: every ticket that a buyer was told of is on record, none was
 * sold twice, and the ledger agrees with all that was told.
 *
 * @param load has been stopped; it bought tickets of the event `big`
 * @returns how many tickets its buyers were told that they have
 */
export async function expectSoldRight(
  office: TestServer,
  load: Load,
  store: StoreName,
): Promise<number> {
  const serials = load.sold.flatMap((sale) => sale.serials ?? []);
  expect(new Set(serials).size).toBe(serials.length);
  const there = new Set(await office.soldSerials('big'));
  expect(serials.filter((serial) => !there.has(serial))).toEqual([]);
  const verdict = await office.verdict();
  expect(verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0 });
  if (store === 'ledger') {
    expect(verdict.withdrawn).toBe(0);
    expect((await office.judge(load.history)).first).toBeUndefined();
  }
  return serials.length;
}
