import { type Logger, pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { LogThrottle, throttleByMessage } from '../../src/telemetry/log-throttle.js';

/** Logs with a throttle, and returns the lines. */
function logThrough(write: (log: Logger, advance: (ms: number) => void) => void) {
  const lines: { level: number; msg: string; suppressed?: number; err?: { message: string } }[] =
    [];
  let now = 0;
  const logMethod = throttleByMessage(new LogThrottle(() => now));
  const log: Logger = pino(
    { level: 'trace', base: null, timestamp: false, hooks: { logMethod } },
    { write: (line) => lines.push(JSON.parse(line)) },
  );
  write(log, (ms) => {
    now += ms;
  });
  return lines;
}

const missing = () => Object.assign(new Error('ENOENT: tickets.json'), { code: 'ENOENT' });

describe('the log of requests', () => {
  test('logs a repeated error once per interval, with the number suppressed', () => {
    const lines = logThrough((log, advance) => {
      for (let time = 0; time < 1500; time++) {
        log.error({ err: missing() }, 'upstream read failed');
        advance(10);
      }
    });
    expect(lines.map(({ msg, suppressed }) => [msg, suppressed])).toEqual([
      ['upstream read failed', undefined],
      ['upstream read failed', 999],
    ]);
    expect(lines[1]?.err?.message).toBe('ENOENT: tickets.json');
  });

  test('logs another message, and another kind of error, at once', () => {
    const lines = logThrough((log) => {
      log.error({ err: missing() }, 'upstream read failed');
      log.error({ err: new TypeError('a bug') }, 'upstream read failed');
      log.error({ err: missing() }, 'request failed');
      log.warn('without an error');
      log.error(missing());
    });
    expect(lines).toHaveLength(5);
  });

  test('leaves info and debug alone', () => {
    const lines = logThrough((log) => {
      for (let line = 0; line < 5; line++) log.info('a line');
    });
    expect(lines).toHaveLength(5);
  });

  test('is bounded, whatever its messages are', () => {
    const lines = logThrough((log) => {
      for (let line = 0; line < 10_000; line++) log.error(`message ${line}`);
    });
    expect(lines.length).toBeLessThan(200);
  });
});
