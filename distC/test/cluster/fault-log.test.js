import { expect, test } from 'vitest';
import { Fault } from '../../src/booking/faults.js';
import { faultLog } from '../../src/cluster/fault-log.js';
import { Seldom } from '../../src/cluster/seldom.js';
/** What is logged of these faults, each told so many milliseconds after the one before. */
function loggedOf(faults, everyMs) {
    const logged = [];
    const at = (level) => (line) => {
        logged.push({ level, ...line });
    };
    let now = 0;
    const log = { warn: at('warn'), error: at('error') };
    const tell = faultLog(log, 'a buy met a fault', new Seldom(() => now));
    for (const fault of faults) {
        tell(fault);
        now += everyMs;
    }
    return logged;
}
const full = () => Fault.from(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));
test('a full disk is one line, and one more in a while that counts the others', () => {
    const faults = Array.from({ length: 1500 }, full);
    expect(loggedOf(faults, 10)).toEqual([
        { level: 'warn', code: 'STORAGE', why: 'ENOSPC: no space left on device', keptBack: 0 },
        { level: 'warn', code: 'STORAGE', why: 'ENOSPC: no space left on device', keptBack: 999 },
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
    expect(loggedOf([fault], 0)).toEqual([{ level: 'error', err: fault, keptBack: 0 }]);
});
//# sourceMappingURL=fault-log.test.js.map