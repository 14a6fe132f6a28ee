import { parts } from '../../src/parts.js';
import { runOffice } from '../../src/run-office.js';
/** An office that ends at once when it is asked to close: whoever waits for an answer gets none. */
process.on('SIGTERM', () => process.exit(0));
process.on('message', (message) => {
    if (message.type === 'drain')
        process.exit(0);
});
await runOffice(parts);
//# sourceMappingURL=abrupt-office.js.map