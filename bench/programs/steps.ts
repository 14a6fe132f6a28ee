import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decide } from '../../src/booking/decide.js';
import type { Buy } from '../../src/booking/outcomes.js';
import { locks } from '../../src/lock/registry.js';
import { stores } from '../../src/store/registry.js';
import { loadSeed } from '../../src/store/shared/seed.js';

/**
 * What each step of a sale costs, by itself, in microseconds of one process: the median of five
 * runs. Prints a table for docs/PERFORMANCE.md.
 */
const RUNS = 5;
const BATCHES = [1, 16, 64, 256];
const EVENT = 'world-stream';

async function microseconds(times: number, step: () => unknown): Promise<number> {
  const took: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const began = performance.now();
    for (let time = 0; time < times; time++) await step();
    if (run > 0) took.push(((performance.now() - began) * 1000) / times); // the first one warms up
  }
  return took.sort((one, other) => one - other)[Math.floor(RUNS / 2)] as number;
}

const say = (step: string, each: number): void =>
  void process.stdout.write(`| ${step} | ${each < 10 ? each.toFixed(1) : Math.round(each)} |\n`);

const buysOf = (count: number): Buy[] =>
  Array.from({ length: count }, () => ({ eventId: EVENT, customer: 'bench', quantity: 1 }));

const folder = mkdtempSync(join(tmpdir(), 'turnstile-steps-'));
try {
  process.stdout.write('| step | us |\n|---|---|\n');
  const state = await loadSeed(folder, join(folder, 'tickets.json')); // the packaged ones
  for (const count of BATCHES) {
    const buys = buysOf(count);
    say(`decide ${count}`, await microseconds(20_000 / count, () => decide(state, buys)));
  }

  for (const [mode, { open }] of Object.entries(locks)) {
    const lock = await open({ path: join(folder, 'guarded'), staleMs: 5_000, onWarning: () => {} });
    const batch = () => lock.run(async () => {}, performance.now() + 1_000);
    say(`a free lock, taken and given back: ${mode}`, await microseconds(2_000, batch));
    await lock.close();
  }

  const file = await open(join(folder, 'synced'), 'a');
  const line = Buffer.alloc(2_000, 'a');
  const sync = async () => {
    await file.write(line);
    await file.datasync();
  };
  say('2 kB appended and synced', await microseconds(100, sync));
  await file.close();

  for (const store of ['ledger', 'json'] as const) {
    const place = join(folder, store);
    mkdirSync(place);
    await stores[store].prepare(place);
    const options = { raceWindowMs: 0, lockTimeoutMs: 5_000, lockStaleMs: 5_000, lockMode: 'off' };
    const opened = await stores[store].open({
      ...options,
      folder: place,
      durable: false,
      emit: () => {},
      onFault: (fault) => {
        throw fault;
      },
    });
    for (const count of BATCHES) {
      const buys = buysOf(count);
      const sell = () => opened.sell(buys);
      say(`${store}: ${count} sold, without a sync`, await microseconds(4_000 / count, sell));
    }
    await opened.close();
  }
} finally {
  rmSync(folder, { recursive: true });
}
