import { expect, test } from 'vitest';
import type { LedgerAnswer } from '../../src/http/schemas.js';
import { ApiDocument } from './api-document.js';

/** A server, or an app without one, whose store chains its commits. */
export interface ChainingStore {
  fetch(path: string): Promise<Response>;
  buy(body: object): Promise<Response>;
  /** Appends a line that does not count. */
  appendUncounted(): Promise<void>;
}

export const readLines = async (
  store: Pick<ChainingStore, 'fetch'>,
): Promise<LedgerAnswer['lines']> =>
  ((await (await store.fetch('/ledger')).json()) as LedgerAnswer).lines;

/** Tests of `GET /ledger` for every store that chains its commits; it must have a new event `gala`. */
export function testLedgerRoute(store: () => ChainingStore): void {
  test('links each line that counts to the hash of the one before, and shows the others', async () => {
    expect(await readLines(store())).toEqual([]);
    const customer = 'Wilhelmina Unforgettable';
    for (const quantity of [2, 1]) await store().buy({ eventId: 'gala', customer, quantity });
    await store().appendUncounted();
    const sale = (await (await store().buy({ eventId: 'gala', customer })).json()) as object;

    const lines = await readLines(store());
    expect(lines.map(({ counts }) => counts)).toEqual([true, true, false, true]);
    const counted = lines.filter(({ counts }) => counts);
    expect(counted.map(({ commit }) => commit?.seq)).toEqual([1, 2, 3]);
    expect(counted.map(({ commit }) => commit?.sold)).toEqual([
      [{ eventId: 'gala', first: 1, last: 2 }],
      [{ eventId: 'gala', first: 3, last: 3 }],
      [{ eventId: 'gala', first: 4, last: 4 }],
    ]);
    expect(counted[1]?.commit?.prev).toBe(counted[0]?.hash);
    expect(counted[2]?.commit?.prev).toBe(counted[1]?.hash);

    const answer = await store().fetch('/ledger');
    const text = await answer.clone().text();
    expect(text).not.toMatch(/Wilhelmina|Unforgettable/);
    expect(text).not.toContain((sale as { orderId: string }).orderId);
    const document = new ApiDocument(await (await store().fetch('/openapi.json')).text());
    expect(await document.mismatches('GET /ledger', answer)).toEqual([]);
  });

  test('answers with the newest 40 lines', async () => {
    for (let sale = 0; sale < 45; sale++) await store().buy({ eventId: 'gala', customer: 'Ada' });
    const lines = await readLines(store());
    expect(lines).toHaveLength(40);
    expect(lines.at(-1)?.commit?.seq).toBe(48);
    expect(lines.every(({ counts }) => counts)).toBe(true);
  });
}
