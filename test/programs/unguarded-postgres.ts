import { parts } from '../../src/parts.js';
import { runOffice } from '../../src/run-office.js';
import type { DatabaseMode } from '../../src/store/postgres/modes/mode.js';
import { off } from '../../src/store/postgres/modes/off.js';
import { databaseModes } from '../../src/store/postgres/modes/registry.js';

/** An office that calls itself `row`, gathers as `row` does, and locks no row. */
const row: DatabaseMode = databaseModes.row;
Object.assign(row, { attempt: off.attempt });

await runOffice(parts);
