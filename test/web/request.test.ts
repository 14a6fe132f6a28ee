import { expect, test } from 'vitest';
import { ladder } from '../../src/lab/ladder.js';
import type { LabCatalogue, LabRequest } from '../../src/timeline/report.js';
import { addressOf, onRung, requestOf, rungAbove } from '../../src/web/lab/request.js';

const queryOf = (address: string) => new URLSearchParams(address.split('?')[1]);
const catalogue = { rungs: ladder } as unknown as LabCatalogue;

const requests: LabRequest[] = [
  { rung: 1 },
  { rung: 4, buyers: 30, windowMs: 0 },
  { scenario: 'three-tickets' },
  { store: 'ledger', lockMode: 'off', batchMax: 1, capacity: 5 },
];

test.each(requests)('an address brings %j back', (request) => {
  expect(requestOf(queryOf(addressOf(request, undefined)))).toEqual(request);
  const beside = queryOf(addressOf(request, 3));
  expect([requestOf(beside), beside.get('then')]).toEqual([request, '3']);
});

test('an address that asks for nothing runs nothing', () => {
  expect(requestOf(new URLSearchParams(''))).toBeUndefined();
  expect(requestOf(new URLSearchParams('then=2&other=1'))).toBeUndefined();
});

test('nonsense is left for the lab to refuse', () => {
  expect(requestOf(new URLSearchParams('rung=one&buyers=-1'))).toEqual({
    rung: 'one',
    buyers: '-1',
  });
});

test('above each rung is the next, with the same crowd, and above the last none', () => {
  for (const [index, { setting }] of ladder.entries()) {
    expect(rungAbove(catalogue, setting)?.rung).toBe(ladder[index + 1]?.rung);
  }
  const first = ladder[0]?.setting;
  if (first === undefined) throw new Error('the ladder has rungs');
  expect(onRung(2, { ...first, buyers: 7 })).toMatchObject({ rung: 2, buyers: 7, capacity: 100 });
  expect(rungAbove(catalogue, { ...first, lockMode: 'file', batchMax: 17 })).toBeUndefined();
});
