import { expect, test } from 'vitest';
import { ladder } from '../../src/lab/ladder.js';
import type { LabCatalogue } from '../../src/timeline/lab-catalogue.js';
import type { LabRequest } from '../../src/timeline/lab-request.js';
import {
  addressFor,
  requestFromQuery,
  requestOnRung,
  rungAbove,
} from '../../src/web/lab/request-url.js';

const queryOf = (address: string) => new URLSearchParams(address.split('?')[1]);
const catalogue = { rungs: ladder } as unknown as LabCatalogue;

const requests: LabRequest[] = [
  { rung: 1 },
  { rung: 4, buyers: 30, windowMs: 0 },
  { scenario: 'three-tickets' },
  { store: 'ledger', lockMode: 'off', batchMax: 1, capacity: 5 },
];

test.each(requests)('reads %j back from the address that it wrote', (request) => {
  expect(requestFromQuery(queryOf(addressFor(request, undefined)))).toEqual(request);
  const beside = queryOf(addressFor(request, 3));
  expect([requestFromQuery(beside), beside.get('then')]).toEqual([request, '3']);
});

test('an address without a request has none', () => {
  expect(requestFromQuery(new URLSearchParams(''))).toBeUndefined();
  expect(requestFromQuery(new URLSearchParams('then=2&other=1'))).toBeUndefined();
});

test('passes invalid values on for the lab to reject', () => {
  expect(requestFromQuery(new URLSearchParams('rung=one&buyers=-1'))).toEqual({
    rung: 'one',
    buyers: '-1',
  });
});

test('the rung above each is the next, with the same buyers; the last has none', () => {
  for (const [index, { setting }] of ladder.entries()) {
    expect(rungAbove(catalogue, setting)?.rung).toBe(ladder[index + 1]?.rung);
  }
  const first = ladder[0]?.setting;
  if (first === undefined) throw new Error('the ladder has rungs');
  expect(requestOnRung(2, { ...first, buyers: 7 })).toMatchObject({
    rung: 2,
    buyers: 7,
    capacity: 100,
  });
  expect(rungAbove(catalogue, { ...first, lockMode: 'file', batchMax: 17 })).toBeUndefined();
});
