import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Buy } from '../../src/booking/commands.js';
import { decide } from '../../src/booking/decide.js';
import { locks } from '../../src/lock/registry.js';
import { stores } from '../../src/store/registry.js';
import { createFolder } from '../child-process.js';
import { median } from '../figures.js';
import { openStore } from '../open-store.js';
import { packagedEvents } from '../packaged-events.js';

/** Prints what each step of a sale costs in one process: the median of some runs. */
const RUNS = 5;
const BATCHES = [1, 16, 64, 256];
const buysOf = (count: number): Buy[] =>
  Array.from({ length: count }, () => ({
    kind: 'buy',
    eventId: 'world-stream',
    customer: 'bench',
    quantity: 1,
  }));

async function measure(name: string, times: number, step: () => unknown): Promise<void> {
  const took: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const start = performance.now();
    for (let time = 0; time < times; time++) await step();
    if (run > 0) took.push(((performance.now() - start) * 1000) / times); // run 0 warms up
  }
  const us = median(took);
  process.stdout.write(`| ${name} | ${us.toFixed(us < 10 ? 1 : 0)} |\n`);
}

const folder = createFolder();
process.stdout.write('| step | us |\n|---|---|\n');
const state = await packagedEvents();
const now = new Date().toISOString();
for (const count of BATCHES) {
  const buys = buysOf(count);
  await measure(`decide ${count}`, 20_000 / count, () => decide(state, buys, now));
}

for (const [mode, { open }] of Object.entries(locks)) {
  const files = { path: join(folder, 'guarded'), recordPath: join(folder, 'record') };
  const lock = await open({ ...files, staleMs: 5_000, onWarning: () => {} });
  const acquire = () => lock.run(async () => {}, performance.now() + 1_000);
  await measure(`acquire and release a free lock: ${mode}`, 2_000, acquire);
  await lock.close();
}

const file = await open(join(folder, 'synced'), 'a');
const line = Buffer.alloc(2_000, 'a');
await measure('append 2 kB and sync', 100, async () => {
  await file.write(line);
  await file.datasync();
});
await file.close();

for (const name of ['ledger', 'json'] as const) {
  const location = join(folder, name);
  mkdirSync(location);
  await stores[name].prepare(location);
  const store = await openStore(name, location, false);
  for (const count of BATCHES) {
    const buys = buysOf(count);
    await measure(`${name}: sell ${count}, no sync`, 4_000 / count, () => store.sell(buys));
  }
  await store.close();
}
