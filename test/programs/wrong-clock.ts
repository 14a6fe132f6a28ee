import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { setClockOffset } from '../support/clock-offset.js';

/** A server whose wall clock is off by CLOCK_OFFSET_MS. */
setClockOffset(Number(process.env.CLOCK_OFFSET_MS));

await start(dependencies);
