import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import type { ConcurrencyMode } from '../../src/store/postgres/modes/concurrency-mode.js';
import { off } from '../../src/store/postgres/modes/off.js';
import { concurrencyModes } from '../../src/store/postgres/modes/registry.js';

/** An office that calls itself `row`, gathers as `row` does, and locks no row. */
const row: ConcurrencyMode = concurrencyModes.row;
Object.assign(row, { attempt: off.attempt });

await start(dependencies);
