import { expect, test } from 'vitest';
import { REST_MS, restMs } from '../../src/outbox/pacing.js';

const now = Date.parse('2027-01-01T00:01:00Z');
const fresh = '2027-01-01T00:00:59Z';

test('a delivery rests while the server is busy', () => {
  expect(restMs({ isBusy: () => true, lagMaxMs: 60_000 }, fresh, now)).toBe(REST_MS);
  expect(restMs({ isBusy: () => false, lagMaxMs: 60_000 }, fresh, now)).toBe(0);
});

test('a message that is late rests no more', () => {
  const busy = (lagMaxMs: number) => ({ isBusy: () => true, lagMaxMs });
  expect(restMs(busy(1_001), fresh, now)).toBe(REST_MS);
  expect(restMs(busy(1_000), fresh, now)).toBe(0);
  expect(restMs(busy(0), new Date(now).toISOString(), now)).toBe(0);
});
