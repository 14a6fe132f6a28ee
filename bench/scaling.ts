import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newCommand, runCommand, wholeNumber } from '../src/cli/command.js';
import { exitCode } from '../src/exit-codes.js';
import { orderOf, spreadOf } from './figures.js';
import { buysOf, load, perSecond } from './load.js';
import { LocalPostgres } from './local-postgres.js';
import { BenchOffice } from './office.js';
import { lookAtProcessors, shareOfOthers } from './processors.js';
import type { Row } from './row.js';

const CONNECTIONS = 64;
const MANY = 64;
const PRIMARIES = [1, 2, 3];
const LEAD_IN_MS = 500;

const command = newCommand(
  'scaling',
  'Sells from one PostgreSQL with 1, 2 and 3 primaries: one hot event, then many.',
)
  .option('--rounds <number>', 'every setting is measured so often', '5')
  .option('--seconds <number>', 'length of a run', '3');

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(exitCode.interrupted));
}

const eventIds = Array.from({ length: MANY }, (_, index) => `event-${index + 1}`);

/** A folder with events enough for everybody. */
function newSeeds(): string {
  const folder = mkdtempSync(join(tmpdir(), 'turnstile-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const event = {
    name: 'Bench',
    venue: 'Anywhere',
    startsAt: '2030-01-01T20:00:00Z',
    price: { amount: 100, currency: 'EUR' },
    capacity: 100_000_000,
    remaining: 100_000_000,
  };
  const events = Object.fromEntries(eventIds.map((id) => [id, event]));
  writeFileSync(join(folder, 'tickets.json'), JSON.stringify({ version: 0, events }));
  return folder;
}

await runCommand(command, async () => {
  const given = command.opts<{ rounds: string; seconds: string }>();
  const rounds = wholeNumber('--rounds', given.rounds, 1, 100);
  const measuredMs = 1000 * wholeNumber('--seconds', given.seconds, 1, 60);
  const row: Row = {
    name: 'postgres row',
    program: 'src/main.js',
    settings: { STORE: 'postgres', LOCK_MODE: 'row', DATA_DIR: newSeeds() },
    mustHold: true,
  };
  const server = await LocalPostgres.create();
  const offices: BenchOffice[] = [];
  try {
    const address = await server.createDatabase();
    for (const _ of PRIMARIES) {
      offices.push(await BenchOffice.start(row, { workers: 1, durability: 'fsync', address }));
    }
    const settings = PRIMARIES.flatMap((primaries) =>
      [eventIds.slice(0, 1), eventIds].map((events) => ({ primaries, events })),
    );
    const found = new Map(settings.map((setting) => [setting, [] as number[]]));
    const others: number[] = [];
    for (let round = -1; round < rounds; round++) {
      for (const setting of orderOf(settings, Math.max(0, round))) {
        const selling = offices.slice(0, setting.primaries);
        const used = async () =>
          lookAtProcessors(
            (await Promise.all(offices.map((each) => each.look())))
              .map(({ cpuSeconds }) => cpuSeconds)
              .reduce((a, b) => a + b),
          );
        const before = await used();
        const runs = await Promise.all(
          selling.map(({ url }) =>
            load({
              url,
              connections: Math.floor(CONNECTIONS / setting.primaries),
              ask: buysOf(setting.events),
              leadInMs: LEAD_IN_MS,
              measuredMs,
            }),
          ),
        );
        await Promise.all(selling.map((office) => office.rest()));
        others.push(shareOfOthers(before, await used()));
        // The first round warms up.
        if (round >= 0) found.get(setting)?.push(runs.map(perSecond).reduce((a, b) => a + b));
      }
    }
    process.stdout.write(`primaries  events  buys/s (min–max), ${CONNECTIONS} connections\n`);
    for (const [{ primaries, events }, speeds] of found) {
      const { median, min, max } = spreadOf(speeds);
      const [middle, low, high] = [median, min, max].map(Math.round);
      process.stdout.write(
        `${String(primaries).padStart(9)}  ${String(events.length).padStart(6)}  ${middle} (${low}–${high})\n`,
      );
    }
    const share = Math.round(100 * spreadOf(others).median);
    process.stdout.write(`others, the database among them, used ${share} % of the cores\n`);
    return exitCode.ok;
  } finally {
    await Promise.all(offices.map((office) => office.stop()));
    for (const office of offices) office.remove();
    await server.dispose();
  }
});
