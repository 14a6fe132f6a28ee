import { runOffice } from '../../src/run-office.js';
import { ceilingParts } from '../ceiling-parts.js';
await runOffice(ceilingParts);
//# sourceMappingURL=ceiling.js.map