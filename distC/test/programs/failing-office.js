import { parts } from '../../src/parts.js';
import { runFailingOffice } from '../support/run-failing-office.js';
/** The office, whose processes fail on order. */
await runFailingOffice(parts);
//# sourceMappingURL=failing-office.js.map