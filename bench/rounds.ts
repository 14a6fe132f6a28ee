import type { Verdict } from '../src/verdict/judge.js';
import type { Case, Group, OfficePlan } from './case.js';
import { orderOf } from './figures.js';
import { type Ask, buysOf, load, type Run } from './load.js';
import { measureSync } from './machine.js';
import { BenchOffice } from './office.js';
import { loadPackage } from './peers/modules.js';
import { lookAtProcessors, shareOfOthers } from './processors.js';
import type { Progress } from './progress.js';
import { NotRunError, type Row } from './row.js';
import { Servers } from './servers.js';

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
  /** Resident memory of a worker after it, the mean over the workers. */
  readonly workerBytes: number;
  /** p99.9 of what held up the event loop meanwhile, of the worker where it was longest. */
  readonly delayMs?: number;
}

/** All runs of one case, round by round, and the verdict over everything that its office sold. */
export interface Measured {
  readonly of: Case;
  readonly runs: readonly MeasuredRun[];
  readonly verdict: Verdict | undefined;
}

export interface Rounds {
  readonly measured: readonly Measured[];
  /** How long a sync took in each round, while nothing was under load. */
  readonly syncMs: readonly number[];
  readonly notRun: readonly { readonly name: string; readonly why: string }[];
}

const oneTicket = buysOf();

/** An office that is open, and what is asked of it in each of its cases. */
interface Opened {
  readonly office: BenchOffice;
  readonly asks: ReadonlyMap<Case, Ask>;
}

/**
 * Measures every case once in each round. All offices stay open meanwhile: one that was just started
 * is slow for seconds. Only one is under load at a time, and the next waits until it has come to
 * rest; an office at rest does nothing but count its own heartbeats.
 *
 * @param uninstalled why what only the benchmark needs could not be installed, if it could not
 */
export async function measure(
  group: Group,
  plan: Plan,
  progress: Progress,
  uninstalled?: string,
): Promise<Rounds> {
  const { rounds } = plan;
  const plans = officesOf(group);
  const servers = new Servers();
  const opened = new Map<OfficePlan, Opened>();
  const notRun: { name: string; why: string }[] = [];
  const syncMs: number[] = [];
  const runsOf = new Map<Case, MeasuredRun[]>(group.cases.map((each) => [each, []]));
  progress.begin(plans.length + group.cases.length * rounds);
  try {
    for (const each of plans) {
      progress.now(`${group.name}, warm-up: ${each.row.name}`);
      const cases = group.cases.filter(({ office }) => office === each);
      try {
        await refuseWithoutPackage(each.row, uninstalled);
        opened.set(each, await open(each, cases, plan, servers));
      } catch (error) {
        if (!(error instanceof NotRunError) && each.row.optional !== true) throw error;
        notRun.push({ name: each.row.name, why: firstLine(error) });
      }
      progress.done();
    }
    const there = group.cases.filter(({ office }) => opened.has(office));
    for (let round = 0; round < rounds; round++) {
      syncMs.push(await measureSync());
      for (const each of orderOf(there, round)) {
        progress.now(`${group.name}, round ${round + 1} of ${rounds}: ${labelOf(each, group)}`);
        const run = await runOnce(each, opened.get(each.office) as Opened, plan);
        runsOf.get(each)?.push(run);
        progress.done(run);
      }
    }
    const offices = [...opened.values()].map(({ office }) => office);
    await Promise.all(offices.map((office) => office.stop()));
    const verdicts = new Map<OfficePlan, Verdict | undefined>();
    for (const [each, { office }] of opened) verdicts.set(each, await office.verdict());
    const measured = there.map((of) => ({
      of,
      runs: runsOf.get(of) ?? [],
      verdict: verdicts.get(of.office),
    }));
    return { measured, syncMs, notRun };
  } finally {
    progress.end();
    const offices = [...opened.values()].map(({ office }) => office);
    await Promise.all(offices.map((office) => office.stop()));
    for (const office of offices) office.remove();
    await servers.dispose();
  }
}

/** The offices of a group, each once, in the order in which its cases name them. */
export const officesOf = ({ cases }: Group): OfficePlan[] => [
  ...new Set(cases.map(({ office }) => office)),
];

const labelOf = ({ series, at }: Case, { axis }: Group): string => `${series}, ${at} ${axis}`;

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

async function open(
  { row, workers, from }: OfficePlan,
  cases: readonly Case[],
  plan: Plan,
  servers: Servers,
): Promise<Opened> {
  const address = row.server === undefined ? undefined : await servers.addressOn(row.server);
  const office = await BenchOffice.start(row, {
    workers,
    durability: plan.durability,
    ...(address === undefined ? {} : { address }),
    ...(from === undefined ? {} : { from }),
  });
  try {
    const asks = new Map<Case, Ask>();
    for (const each of cases) asks.set(each, (await each.ask?.(office.url)) ?? oneTicket);
    const different = new Set(asks.values());
    const measuredMs = plan.warmUpMs / different.size;
    for (const ask of different) {
      await load({ url: office.url, connections: plan.connections, ask, leadInMs: 0, measuredMs });
    }
    await office.rest();
    return { office, asks };
  } catch (error) {
    office.kill();
    await office.stop();
    office.remove();
    throw error;
  }
}

async function refuseWithoutPackage(row: Row, uninstalled: string | undefined): Promise<void> {
  if (row.package === undefined) return;
  try {
    await loadPackage(row.package);
  } catch (error) {
    throw new NotRunError(uninstalled ?? `${row.package} cannot be loaded: ${firstLine(error)}`);
  }
}

async function runOnce(
  of: Case,
  { office, asks }: Opened,
  { leadInMs, measuredMs }: Plan,
): Promise<MeasuredRun> {
  const before = lookAtProcessors((await office.look()).cpuSeconds);
  await office.takeDelayMs(); // what went before is not counted
  const { connections } = of;
  const ask = asks.get(of) ?? oneTicket;
  const run = await load({ url: office.url, connections, ask, leadInMs, measuredMs });
  const delayMs = await office.takeDelayMs();
  await office.rest();
  const { cpuSeconds, residentBytes } = await office.look();
  return {
    ...run,
    others: shareOfOthers(before, lookAtProcessors(cpuSeconds)),
    workerBytes: residentBytes / of.office.workers,
    ...(delayMs === undefined ? {} : { delayMs }),
  };
}
