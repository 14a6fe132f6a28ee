import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import type { ConcurrencyMode } from '../../src/store/postgres/modes/concurrency-mode.js';
import { off } from '../../src/store/postgres/modes/off.js';
import { concurrencyModes } from '../../src/store/postgres/modes/registry.js';

/** A server in mode `row` that batches like `row` but locks no rows. */
const row: ConcurrencyMode = concurrencyModes.row;
Object.assign(row, { attempt: off.attempt });

await start(dependencies);
