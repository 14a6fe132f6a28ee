import { exitCodeOfFault } from '../exit-codes.js';
import { Seldom } from './seldom.js';
/**
 * Logs faults, each kind once in a while. What the system refused is told in one line; of what stops
 * the office, and of what nobody expected, the stack says where.
 */
export function faultLog(log, message, seldom = new Seldom()) {
    return (fault) => {
        const refused = refusalIn(fault);
        seldom.say(`${fault.code} ${refused}`, (keptBack) => {
            const { code, message: why } = fault;
            if (refused === undefined || exitCodeOfFault[code] !== undefined) {
                log.error({ err: fault, keptBack }, message);
            }
            else
                log.warn({ code, why, keptBack }, message);
        });
    };
}
/** What the system said, such as ENOSPC; nothing, if the error is not the system's or ours. */
function refusalIn({ cause }) {
    if (cause === undefined)
        return 'ours';
    const { code } = cause;
    return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}
//# sourceMappingURL=fault-log.js.map