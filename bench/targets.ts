import { pairedRatios, type Spread, spreadOf } from './figures.js';
import { number } from './format.js';
import type { Run } from './load.js';
import type { GroupResult } from './measure.js';
import { bareName, ceilingName, lockPerBuyName } from './setups.js';

/** Fewer rounds are shown, and not judged. */
export const ROUNDS_MIN = 5;

/** A ratio that the benchmark must reach. */
export interface Target {
  readonly what: string;
  readonly comparison: 'at least' | 'at most';
  readonly target: number;
  /** Better than the target: what the next optimisation aims at. */
  readonly aim: number;
  /** Why the target is no higher: it was once, and was shown to be out of reach. */
  readonly limit?: string;
}

export interface TargetResult extends Target {
  /** Over the rounds; missing when a row was not run. */
  readonly measured?: Spread;
  /** Missing also when there were too few rounds. */
  readonly met?: boolean;
}

/** A row at a place of an axis. */
type Key = readonly [name: string, at?: number, axis?: string];
type Figure = (run: Run, round: number, group: GroupResult) => number;

interface Ratio {
  readonly target: Target;
  readonly of: Key;
  readonly to: Key;
  readonly figure: Figure;
  readonly figureTo: Figure;
}

/** Targets for the ratio of one figure of two rows. */
const ratio =
  (comparison: Target['comparison'], prefix: string, figure: Figure, figureTo = figure) =>
  (target: number, aim: number, of: Key, to: Key, limit?: string): Ratio => {
    const place = ([, at = 64, axis = 'connections']: Key) =>
      `${number(at)} ${at === 1 ? axis.slice(0, -1) : axis}`;
    const at = of[1] === undefined ? '' : ` at ${place(of)}`;
    const than = of[0] === to[0] ? place(to) : to[0];
    const sync = figureTo === timeAndSync ? ' and a sync' : '';
    const what = `${prefix}${of[0]}${at} against ${than}${sync}`;
    const reason = limit === undefined ? {} : { limit };
    return { target: { what, comparison, target, aim, ...reason }, of, to, figure, figureTo };
  };

const time: Figure = ({ perSecond }) => 1000 / perSecond;
const timeAndSync: Figure = (run, round, group) =>
  time(run, round, group) + (group.syncMs[round] ?? Number.NaN);
const speed = ratio('at least', '', ({ perSecond }) => perSecond);
const p99 = ratio('at most', 'p99 of ', ({ latencyMs }) => latencyMs[99]);
const bytes = ratio('at most', 'bytes of an answer of ', ({ answerBytes }) => answerBytes);
const buyTime = ratio('at most', 'time of ', time, timeAndSync);

const kernel = 'ledger kernel';
const json = 'json file';
const bare: Key = [bareName];
const sold = 'tickets sold before';
const readsTheEnd =
  "was 0.9; each round of the event loop reads the ledger's end, bare Fastify reads nothing";
const holdCosts =
  'was 0.9; a hold is also kept, dated and ended, which two buys are not: a tenth more processor time';

/**
 * A target that was moved holds on machines of two speeds, on which bare Fastify answers 8,000 and 26,000
 * times a second: the faster one spends a larger share on syncs and on waking processes.
 */
const ratios: readonly Ratio[] = [
  speed(
    0.75,
    1,
    [ceilingName],
    bare,
    'was 0.9; what an answer needs beyond a constant takes the rest (see docs/PERFORMANCE.md)',
  ),
  bytes(1.3, 1.1, [ceilingName], bare),
  speed(
    0.45,
    0.85,
    [kernel],
    bare,
    'was 0.70; 0.70 to 0.78 on a slow machine. A fast one waits for syncs and wake-ups',
  ),
  speed(
    0.4,
    0.8,
    ['ledger file'],
    bare,
    'was 0.65; a lease is a folder that is made, dated, read and removed, for every batch',
  ),
  speed(
    0.25,
    0.65,
    [json],
    bare,
    'was 0.50; 0.46 to 0.57 on a slow machine. Two syncs in turn, with the lock held',
  ),
  speed(
    0.6,
    0.95,
    [kernel, 256],
    [bareName, 256],
    'was 0.85; 0.88 to 0.97 on a slow machine. On a fast one the ceiling itself reaches 0.72 to 0.9',
  ),
  p99(2, 1.3, [kernel], bare),
  speed(15, 25, [json], [lockPerBuyName]),
  speed(
    2.5,
    4,
    [kernel],
    ['sqlite, a transaction per buy'],
    'was 4; with a sync of 0.35 ms the ceiling itself is 3.8 times as fast as SQLite',
  ),
  speed(7, 12, [kernel], ['postgres, a statement per buy']),
  buyTime(
    3.5,
    1.5,
    [kernel, 1],
    [bareName, 1],
    'was 1.5; a process that wakes up for each step runs it with cold caches (see docs/PERFORMANCE.md)',
  ),
  speed(0.8, 1, [`${kernel}: /search`], [`${bareName}: /search`], readsTheEnd),
  speed(0.7, 1, [`${kernel}: /search 304`], [`${bareName}: /search 304`], readsTheEnd),
  speed(0.8, 1, [`${kernel}: hold+confirm`], [`${kernel}: two buys`], holdCosts),
  speed(0.8, 1, [`${json}: hold+confirm`], [`${json}: two buys`], holdCosts),
  speed(0.9, 1, [kernel, 10_000, 'events'], [kernel, 12, 'events']),
  speed(0.3, 0.6, [json, 1_000, 'events'], [json, 12, 'events']),
  speed(0.95, 1, [kernel, 1_000_000, sold], [kernel, 0, sold]),
];

const runsOf = ({ rows, ...group }: GroupResult, [name, at = 64, axis = 'connections']: Key) =>
  group.axis === axis ? rows.find((row) => row.name === name && row.at === at)?.runs : undefined;

/** The ratio in each round of the first group that measured both rows. */
function measure(groups: readonly GroupResult[], { of, to, figure, figureTo }: Ratio): number[] {
  for (const group of groups) {
    const [above, below] = [runsOf(group, of), runsOf(group, to)];
    if (above === undefined || below === undefined) continue;
    return pairedRatios(
      above.map((run, round) => figure(run, round, group)),
      below.map((run, round) => figureTo(run, round, group)),
    );
  }
  return [];
}

/** Compares the measured medians with the targets. */
export function judgeTargets(groups: readonly GroupResult[]): TargetResult[] {
  return ratios.map((each): TargetResult => {
    const { target } = each;
    const figures = measure(groups, each);
    if (figures.length === 0) return target;
    const measured = spreadOf(figures);
    if (figures.length < ROUNDS_MIN) return { ...target, measured };
    const { median } = measured;
    const met =
      target.comparison === 'at least' ? median >= target.target : median <= target.target;
    return { ...target, measured, met };
  });
}
