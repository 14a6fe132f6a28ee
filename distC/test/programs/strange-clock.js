import { parts } from '../../src/parts.js';
import { runOffice } from '../../src/run-office.js';
/** An office whose clock is off by CLOCK_OFF_MS. */
const now = Date.now;
const offMs = Number(process.env.CLOCK_OFF_MS);
Date.now = () => now() + offMs;
globalThis.Date = class extends Date {
    constructor(...given) {
        super(given[0] ?? now() + offMs);
    }
};
await runOffice(parts);
//# sourceMappingURL=strange-clock.js.map