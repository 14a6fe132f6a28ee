import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/booking/faults.js';
import { createFaultLog } from '../../src/telemetry/fault-log.js';
import { LogThrottle } from '../../src/telemetry/log-throttle.js';

/** Reports faults at this interval, and returns what is logged. */
function logFaults(faults: readonly Fault[], everyMs: number) {
  const logged: { level: string; code?: string; err?: Fault; suppressed: number }[] = [];
  const record = (level: string) => (line: object) => {
    logged.push({ level, ...line } as (typeof logged)[number]);
  };
  let now = 0;
  const log = { warn: record('warn'), error: record('error') } as unknown as Parameters<
    typeof createFaultLog
  >[0];
  const report = createFaultLog(log, 'buy failed', new LogThrottle(() => now));
  for (const fault of faults) {
    report(fault);
    now += everyMs;
  }
  return logged;
}

const diskFull = (): Fault =>
  Fault.from(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));

describe('fault log', () => {
  test('logs repeated faults of one kind once per interval, with the number suppressed', () => {
    const faults = Array.from({ length: 1500 }, diskFull);
    expect(logFaults(faults, 10)).toEqual([
      { level: 'warn', code: 'STORAGE', why: 'ENOSPC: no space left on device', suppressed: 0 },
      { level: 'warn', code: 'STORAGE', why: 'ENOSPC: no space left on device', suppressed: 999 },
    ]);
  });

  test('logs a fault of another kind at once', () => {
    const denied = Fault.from(Object.assign(new Error('EACCES'), { code: 'EACCES' }));
    const short = new Fault('STORAGE', 'it took 5 of 10 bytes');
    const logged = logFaults([diskFull(), denied, short, diskFull()], 10);
    expect(logged).toMatchObject([{ level: 'warn' }, { level: 'warn' }, { level: 'warn' }]);
  });

  test('logs an unexpected error with its stack', () => {
    const bug = new TypeError('a bug');
    expect(logFaults([Fault.from(bug)], 0)).toEqual([
      { level: 'error', code: 'STORAGE', err: bug, suppressed: 0 },
    ]);
  });

  test('logs a fault that stops the server with its stack and that of its cause', () => {
    const fault = new Fault('SYNC_FAILED', 'not synced', diskFull().cause);
    expect(logFaults([fault], 0)).toEqual([
      { level: 'error', code: 'SYNC_FAILED', err: fault, suppressed: 0 },
    ]);
  });

  test.each([
    ['an unexpected error', Fault.from(new TypeError('a bug')), 'a bug'],
    [
      'damage',
      Fault.from(Object.assign(new Error('it went back'), { code: 'DAMAGED' })),
      'it went back',
    ],
    [
      'a failed sync',
      new Fault('SYNC_FAILED', 'not synced', new Error('EIO: i/o error')),
      'not synced: EIO: i/o error',
    ],
  ])('writes the message of %s once', (_kind, fault, message) => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    createFaultLog(log, 'buy failed')(fault);
    expect(JSON.parse(lines.join(''))).toMatchObject({ err: { message }, msg: 'buy failed' });
  });
});
