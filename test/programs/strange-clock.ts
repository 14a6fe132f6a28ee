import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';

/** An office whose clock is off by CLOCK_OFF_MS. */
const now = Date.now;
const offMs = Number(process.env.CLOCK_OFF_MS);
Date.now = () => now() + offMs;
globalThis.Date = class extends Date {
  constructor(...given: [] | [number | string | Date]) {
    super(given[0] ?? now() + offMs);
  }
} as DateConstructor;

await start(dependencies);
