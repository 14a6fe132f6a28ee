import { subscribe } from 'node:diagnostics_channel';
import { parts } from '../../src/parts.js';
import { runOffice } from '../../src/run-office.js';
/** An office that keeps something of every request, for ever. */
const hoard = [];
subscribe('http.server.request.start', () => {
    hoard.push(Buffer.alloc(400_000, 1));
});
await runOffice(parts);
//# sourceMappingURL=hoarding-office.js.map