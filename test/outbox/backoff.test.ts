import { describe, expect, test } from 'vitest';
import { isExhausted, pauseMs } from '../../src/outbox/backoff.js';
import { parseRetryAfter } from '../../src/outbox/sender.js';

const longest = () => 1;
const shortest = () => 0;

describe('the pause after a failure', () => {
  test('doubles, up to a minute', () => {
    const pauses = [1, 2, 3, 10, 11, 400, 100_000].map((tries) => pauseMs(tries, 0, longest));
    expect(pauses).toEqual([100, 200, 400, 51_200, 60_000, 60_000, 60_000]);
  });

  test('is random in its second half', () => {
    expect(pauseMs(3, 0, shortest)).toBe(200);
    expect(pauseMs(3, 0, () => 0.5)).toBe(300);
  });

  test('is at least as long as the receiver asked for, up to an hour', () => {
    expect(pauseMs(1, 5_000, longest)).toBe(5_000);
    expect(pauseMs(11, 5_000, longest)).toBe(60_000);
    expect(pauseMs(1, 86_400_000, longest)).toBe(3_600_000);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2027-01-01T00:00:00Z');
  test.each([
    ['7', 7_000],
    ['Fri, 01 Jan 2027 00:00:09 GMT', 9_000],
    ['0', undefined],
    ['Fri, 01 Jan 2026 00:00:00 GMT', undefined],
    ['soon', undefined],
    ['-4', undefined],
    [undefined, undefined],
  ])('%s is %s ms', (value, ms) => {
    expect(parseRetryAfter(value, now)).toBe(ms);
  });
});

describe('a message that failed', () => {
  const limits = { triesMax: 3, ageMaxMs: 1_000 };
  const at = '2027-01-01T00:00:00.000Z';
  const later = (ms: number) => Date.parse(at) + ms;

  test('is parked after so many tries', () => {
    expect([1, 2, 3].map((tries) => isExhausted(limits, tries, at, later(0)))).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('is parked at that age, after one try at least', () => {
    expect(isExhausted(limits, 1, at, later(1_000))).toBe(false);
    expect(isExhausted(limits, 1, at, later(1_001))).toBe(true);
  });
});
