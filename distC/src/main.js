import { printHelpIfAsked } from './cli/settings-help.js';
import { parts } from './parts.js';
import { runOffice } from './run-office.js';
printHelpIfAsked();
await runOffice(parts);
//# sourceMappingURL=main.js.map