import { expect, test } from 'vitest';
import { Fault } from '../../src/booking/faults.js';
import { createFaultLog } from '../../src/telemetry/fault-log.js';
import { LogThrottle } from '../../src/telemetry/log-throttle.js';

/** What is logged of these faults, each told so many milliseconds after the one before. */
function loggedOf(faults: readonly Fault[], everyMs: number) {
  const logged: { level: string; code?: string; err?: Fault; suppressed: number }[] = [];
  const at = (level: string) => (line: object) => {
    logged.push({ level, ...line } as (typeof logged)[number]);
  };
  let now = 0;
  const log = { warn: at('warn'), error: at('error') } as unknown as Parameters<typeof createFaultLog>[0];
  const emit = createFaultLog(log, 'a buy met a fault', new LogThrottle(() => now));
  for (const fault of faults) {
    emit(fault);
    now += everyMs;
  }
  return logged;
}

const full = (): Fault =>
  Fault.from(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));

test('a full disk is one line, and one more in a while that counts the others', () => {
  const faults = Array.from({ length: 1500 }, full);
  expect(loggedOf(faults, 10)).toEqual([
    { level: 'warn', code: 'STORAGE', why: 'ENOSPC: no space left on device', suppressed: 0 },
    { level: 'warn', code: 'STORAGE', why: 'ENOSPC: no space left on device', suppressed: 999 },
  ]);
});

test('another fault is not kept back by it', () => {
  const denied = Fault.from(Object.assign(new Error('EACCES'), { code: 'EACCES' }));
  const short = new Fault('STORAGE', 'it took 5 of 10 bytes');
  const logged = loggedOf([full(), denied, short, full()], 10);
  expect(logged).toMatchObject([{ level: 'warn' }, { level: 'warn' }, { level: 'warn' }]);
});

test.each([
  ['what nobody expected', Fault.from(new TypeError('a bug'))],
  ['what stops the office', new Fault('SYNC_FAILED', 'not synced', full().cause)],
])('%s comes with its stack', (_what, fault) => {
  expect(loggedOf([fault], 0)).toEqual([{ level: 'error', err: fault, suppressed: 0 }]);
});
