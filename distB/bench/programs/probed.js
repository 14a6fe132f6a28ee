import { parts } from '../../src/parts.js';
import { runOffice } from '../../src/run-office.js';
import { ceilingParts } from '../ceiling-parts.js';
import { installProbes } from '../probes.js';
/** The office, or `ceiling`, with what tells how it is inside. */
installProbes();
await runOffice(process.argv[2] === 'ceiling' ? ceilingParts : parts);
//# sourceMappingURL=probed.js.map