import { parts } from '../../src/parts.js';
import { runOffice } from '../../src/run-office.js';
import { off } from '../../src/store/postgres/modes/off.js';
import { databaseModes } from '../../src/store/postgres/modes/registry.js';
/** An office that calls itself `row`, gathers as `row` does, and locks no row. */
const row = databaseModes.row;
Object.assign(row, { attempt: off.attempt });
await runOffice(parts);
//# sourceMappingURL=unguarded-postgres.js.map