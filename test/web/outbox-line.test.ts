import { describe, expect, test } from 'vitest';
import { describeOutbox } from '../../src/web/sell/outbox-line.js';

describe('the line about the webhook', () => {
  test('is missing without one', () => {
    expect(describeOutbox({ webhook: 'off' })).toBeUndefined();
  });

  test('says what was delivered', () => {
    const status = { webhook: 'on', delivered: 1_234, undelivered: 0, oldest: null } as const;
    expect(describeOutbox(status)).toBe('Webhook: 1,234 delivered.');
  });

  test('says what waits, what was given up, and that it is stopped', () => {
    const oldest = '2027-01-01T00:00:00.000Z';
    const waiting = {
      webhook: 'on',
      delivered: 1,
      undelivered: 2,
      oldest,
      parkedCount: 3,
    } as const;
    expect(describeOutbox(waiting)).toMatch(
      /^Webhook: 1 delivered, 2 messages waiting since .*20(26|27).*, 3 given up \(npm run outbox -- status\)\.$/,
    );
    expect(describeOutbox({ ...waiting, webhook: 'stopped' })).toContain('npm run outbox -- retry');
  });
});
