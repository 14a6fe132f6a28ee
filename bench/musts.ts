import { pairedRatios, type Spread, spreadOf } from './figures.js';
import { ceilingName } from './row.js';
import { oneByOne, statementName } from './rows.js';
import type { GroupSummary, Round } from './summary.js';
import { searchSeries } from './sweeps.js';

/** So many rounds, and a median says something. */
export const ROUNDS_MIN = 5;

/** What must be true of the figures. */
export interface Must {
  readonly what: string;
  readonly judgeRun: 'at least' | 'at most';
  readonly must: number;
  readonly aim: number;
  readonly unit: '×' | 'MB';
}

/** A must, and what was measured of it. */
export interface MustSummary extends Must {
  /** Over the rounds; nothing where something of it was not run. */
  readonly measured?: Spread;
  /** Nothing where it was not measured in enough rounds to say so. */
  readonly held?: boolean;
}

type Groups = readonly GroupSummary[];
/** One figure a round, or nothing where it was not measured. */
type Figure = (groups: Groups) => readonly number[] | undefined;

const groupOf = (groups: Groups, name: string) => groups.find((group) => group.name === name);

const each =
  (group: string, series: string, at: number, pick: (round: Round) => number): Figure =>
  (groups) =>
    groupOf(groups, group)
      ?.rows.find((row) => row.series === series && row.at === at)
      ?.rounds.map(pick);

const speed = (group: string, series: string, at: number): Figure =>
  each(group, series, at, ({ perSecond }) => perSecond);

const p99 = (group: string, series: string, at: number): Figure =>
  each(group, series, at, ({ p99Ms }) => p99Ms);

const delay = (group: string, series: string, at: number): Figure =>
  each(group, series, at, ({ delayMs = Number.NaN }) => delayMs);

const memory = (group: string, series: string, at: number): Figure =>
  each(group, series, at, ({ workerMb }) => workerMb);

/** The ratio of each round. */
const per =
  (of: Figure, to: Figure): Figure =>
  (groups) => {
    const [above, below] = [of(groups), to(groups)];
    return above === undefined || below === undefined ? undefined : pairedRatios(above, below);
  };

/** Milliseconds from one answer to the next. */
const msEach =
  (figure: Figure): Figure =>
  (groups) =>
    figure(groups)?.map((perSecond) => 1000 / perSecond);

/** A sync, and what the ceiling takes for a buy: what a durable buy takes at the very least. */
const leastMs: Figure = (groups) => {
  const syncMs = groupOf(groups, 'rungs')?.syncMs;
  return msEach(speed('rungs', ceilingName, 1))(groups)?.map(
    (ms, round) => ms + (syncMs?.[round] ?? Number.NaN),
  );
};

interface Measurable extends Must {
  readonly measure: Figure;
}

const atLeast = (what: string, must: number, aim: number, measure: Figure): Measurable => ({
  ...{ what, judgeRun: 'at least', must, aim, unit: '×', measure },
});
const atMost = (what: string, must: number, aim: number, measure: Figure): Measurable => ({
  ...{ what, judgeRun: 'at most', must, aim, unit: '×', measure },
});

const ofCeiling = (series: string, at: number): Figure =>
  per(speed('rungs', series, at), speed('rungs', ceilingName, at));
const against = (of: string, to: string): Figure =>
  per(speed('rungs', of, 64), speed('rungs', to, 64));
const againstPeer = (of: string, to: string): Figure =>
  per(speed('peers', of, 64), speed('peers', to, 64));

const kernel = 'ledger kernel';
const file = 'ledger file';
/** What is asked of the ledger, is asked of it with either lock. */
const ledgers = [kernel, file] as const;
const MILLION = 1_000_000;
const sqlite = 'sqlite, a transaction per buy';

const musts: readonly Measurable[] = [
  atLeast('ledger kernel, 64 connections, of the ceiling', 0.85, 1, ofCeiling(kernel, 64)),
  atLeast('ledger file, 64 connections, of the ceiling', 0.75, 0.95, ofCeiling(file, 64)),
  ...ledgers.map((name) =>
    atLeast(`${name}, 256 connections, of the ceiling`, 0.95, 1, ofCeiling(name, 256)),
  ),
  atLeast(
    'json file (the default), 64 connections, of the ceiling',
    0.5,
    0.75,
    ofCeiling('json file', 64),
  ),
  atMost(
    'p99 of ledger kernel, 64 connections, of the ceiling’s',
    2,
    1.2,
    per(p99('rungs', kernel, 64), p99('rungs', ceilingName, 64)),
  ),
  atLeast('the default against rung 3 (a lock per buy)', 15, 25, against('json file', oneByOne)),
  atLeast('ledger file against rung 3', 20, 30, against(file, oneByOne)),
  atLeast('ledger file against json off (safe against unsafe)', 1, 3, against(file, 'json off')),
  ...ledgers.map((name) =>
    atLeast(`${name} against SQLite, a transaction per buy`, 5, 8, againstPeer(name, sqlite)),
  ),
  ...ledgers.map((name) =>
    atLeast(
      `${name} against PostgreSQL, a statement per buy`,
      7,
      12,
      againstPeer(name, statementName),
    ),
  ),
  atMost(
    'one connection, ledger kernel: time per buy, of a sync and the ceiling’s time',
    1.5,
    1.2,
    per(msEach(speed('rungs', kernel, 1)), leastMs),
  ),
  atLeast(
    '/search (12 events), of a constant of the same size',
    0.9,
    1,
    per(speed('search', searchSeries.found, 64), speed('search', searchSeries.constant, 64)),
  ),
  atLeast(
    '/search with 304, of a constant 304',
    0.9,
    1,
    per(
      speed('search', searchSeries.unchanged, 64),
      speed('search', searchSeries.constantUnchanged, 64),
    ),
  ),
  ...ledgers.map((name) =>
    atLeast(
      `${name} with 1 million sold, of empty`,
      0.95,
      1,
      per(speed('sold', name, MILLION), speed('sold', name, 0)),
    ),
  ),
  ...ledgers.map((name) =>
    atLeast(
      `${name} with 10,000 events, of 10`,
      0.8,
      0.95,
      per(speed('events', name, 10_000), speed('events', name, 10)),
    ),
  ),
  ...ledgers.map(
    (name): Measurable => ({
      what: `memory of a worker at 1 million sold, ${name}`,
      judgeRun: 'at most',
      must: 150,
      aim: 100,
      unit: 'MB',
      measure: memory('sold', name, MILLION),
    }),
  ),
  ...ledgers.map((name) =>
    atMost(
      `p99.9 event-loop delay, 10,000 events, ${name}, of the ceiling’s`,
      3,
      1.5,
      per(delay('events', name, 10_000), delay('events', ceilingName, 10)),
    ),
  ),
];

/** Holds the figures against what must be true of them: medians of what was paired in each round. */
export function judgeMusts(groups: Groups): MustSummary[] {
  return musts.map(({ measure, ...must }) => {
    const figures = measure(groups);
    if (figures === undefined || figures.length === 0) return must;
    const measured = spreadOf(figures);
    if (figures.length < ROUNDS_MIN) return { ...must, measured };
    const { median } = measured;
    const held = must.judgeRun === 'at least' ? median >= must.must : median <= must.must;
    return { ...must, measured, held };
  });
}
