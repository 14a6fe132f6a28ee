import type { Verdict } from '../src/verdict/judge.js';
import { orderOf } from './figures.js';
import { load, type Run } from './load.js';
import { LocalPostgres } from './local-postgres.js';
import { BenchOffice } from './office.js';
import { lookAtProcessors, shareOfOthers } from './processors.js';
import type { Progress } from './progress.js';
import type { Row } from './rows.js';

/** How much is measured, and how. */
export interface Plan {
  readonly rounds: number;
  readonly measuredMs: number;
  /** Left out at the beginning of every run. */
  readonly leadInMs: number;
  /** Once for each office, before the first round. */
  readonly warmUpMs: number;
  readonly connections: number;
  readonly workers: number;
  readonly durability: 'fsync' | 'os';
}

export interface MeasuredRun extends Run {
  /** The share of all cores that somebody else used meanwhile. */
  readonly others: number;
}

/** All runs of one row, round by round, and the verdict over everything it sold. */
export interface Measured {
  readonly row: Row;
  readonly runs: readonly MeasuredRun[];
  readonly verdict: Verdict | undefined;
}

/**
 * Measures every row once in each round. All offices stay open meanwhile: one that was just started
 * is slow for seconds. Only one is under load at a time, and the next waits until it has come to
 * rest; an office at rest does nothing but count its own heartbeats.
 */
export async function measure(
  rows: readonly Row[],
  plan: Plan,
  progress: Progress,
): Promise<Measured[]> {
  const { rounds, measuredMs, leadInMs, warmUpMs, connections, workers, durability } = plan;
  const offices: BenchOffice[] = [];
  let server: LocalPostgres | undefined;
  const runsOf = new Map<Row, MeasuredRun[]>(rows.map((row) => [row, []]));
  progress.begin(rows.length * (rounds + 1));
  try {
    for (const row of rows) {
      progress.now(`warm-up: ${row.name}`);
      if (row.database) server ??= await LocalPostgres.create();
      const address = row.database && (await server?.createDatabase());
      const office = await BenchOffice.start(row, workers, durability, address);
      offices.push(office);
      const { url } = office;
      await load({ url, connections, leadInMs: 0, measuredMs: warmUpMs });
      await office.rest();
      progress.done();
    }
    for (let round = 0; round < rounds; round++) {
      for (const office of orderOf(offices, round)) {
        progress.now(`round ${round + 1} of ${rounds}: ${office.row.name}`);
        const before = lookAtProcessors(await office.cpuSeconds());
        const run = await load({ url: office.url, connections, leadInMs, measuredMs });
        await office.rest();
        const after = lookAtProcessors(await office.cpuSeconds());
        runsOf.get(office.row)?.push({ ...run, others: shareOfOthers(before, after) });
        progress.done(run);
      }
    }
    await Promise.all(offices.map((office) => office.stop()));
    const measured: Measured[] = [];
    for (const office of offices) {
      const { row } = office;
      measured.push({ row, runs: runsOf.get(row) ?? [], verdict: await office.verdict() });
    }
    return measured;
  } finally {
    progress.end();
    await Promise.all(offices.map((office) => office.stop()));
    for (const office of offices) office.remove();
    await server?.dispose();
  }
}
