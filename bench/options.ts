import { newCommand, wholeNumber } from '../src/cli/command.js';
import { UserError } from '../src/user-error.js';
import {
  allGroups,
  CONNECTIONS,
  type Group,
  type Row,
  serversOf,
  table,
  verbRows,
  WORKERS,
} from './groups.js';
import type { Plan } from './measure.js';
import type { ServerSetup } from './server-setup.js';
import { peerSetups, referenceSetups, rungSetups } from './setups.js';

/** What the command line selects. */
export interface Options {
  readonly plan: Plan;
  readonly groups: readonly Group[];
  /** The full benchmark, which writes the report and the plots. */
  readonly full: boolean;
  /** Whether a row needs a package of `bench/package.json`, or a plot is drawn. */
  readonly needsPackages: boolean;
  readonly json: string | undefined;
  /** Measure nothing: report the last results again. */
  readonly redraw: boolean;
}

const times = {
  full: { rounds: 7, measuredMs: 2_000, leadInMs: 300, warmUpMs: 2_000 },
  rows: { rounds: 5, measuredMs: 5_000, leadInMs: 300, warmUpMs: 2_500 },
  quick: { rounds: 3, measuredMs: 300, leadInMs: 150, warmUpMs: 1_500 },
};

const between = (name: string, max: number) => (text: string) =>
  wholeNumber(`--${name}`, text, 1, max);
const append = (name: string, names: readonly string[] = []) => [...names, name];

export const command = newCommand(
  'bench',
  'Measures how fast each rung of the ladder sells, and judges what it sold.',
)
  .option('--quick', 'the rungs only, in about a minute')
  .option('--rung <name>', 'only this row of the table; repeatable', append)
  .option('--connections <number>', 'concurrent connections (64)', between('connections', 1_000))
  .option('--workers <number>', 'worker processes of each server (2)', between('workers', 64))
  .option('--seconds <number>', 'length of a run', between('seconds', 60))
  .option(
    '--rounds <number>',
    'runs of each row (5; with --quick 3, of everything 7)',
    between('rounds', 100),
  )
  .option('--json <file>', 'write all figures to a file')
  .option('--redraw', 'measure nothing; write report and plots again from the last figures')
  .addHelpText(
    'after',
    `
Without --quick, --rung, --connections and --workers, the full benchmark runs: rungs, peers, sweeps
and targets, in about half an hour. It writes bench/REPORT.md and its plots.
Servers run in temporary folders under TMPDIR. Rows whose package or database is missing are left out.

Exit codes: 0 ok, 1 a row that must hold does not, or a target was missed, 2 invalid argument,
130 interrupted.`,
  );

interface Arguments {
  readonly quick?: true;
  readonly redraw?: true;
  readonly rounds?: number;
  readonly seconds?: number;
  readonly connections?: number;
  readonly workers?: number;
  readonly rung?: readonly string[];
  readonly json?: string;
}

/**
 * Reads the options of the parsed command.
 *
 * @throws UserError with the names that `--rung` accepts
 */
export function readOptions(): Options {
  const given = command.opts<Arguments>();
  const { quick, rung, rounds, seconds, connections, workers = WORKERS } = given;
  const full = [quick, rung, given.workers, connections].every((each) => each === undefined);
  const usual = times[quick ? 'quick' : full ? 'full' : 'rows'];
  const rows = full ? [] : chooseRows(workers, given);
  return {
    plan: {
      ...usual,
      rounds: rounds ?? usual.rounds,
      measuredMs: seconds === undefined ? usual.measuredMs : 1000 * seconds,
      connections: connections ?? CONNECTIONS,
      workers,
    },
    groups: full ? allGroups() : [{ name: 'rows', title: 'Throughput', axis: 'connections', rows }],
    full,
    needsPackages: full || rows.some(({ server }) => server.package !== undefined),
    json: given.json,
    redraw: given.redraw === true,
  };
}

function chooseRows(workers: number, { rung: names, quick, connections }: Arguments): Row[] {
  const rowsOf = (setups: readonly ServerSetup[]) => [
    ...table('rows', 'Throughput', setups, connections).rows,
  ];
  const rungs = rowsOf([...referenceSetups(workers), ...rungSetups(workers)]);
  const all = [...rungs, ...rowsOf(peerSetups(workers))];
  if (names === undefined) return quick ? rungs : all;
  const choice = [...all, ...verbRows(workers, connections)];
  const unknown = names.find((name) => !choice.some((row) => row.name === name));
  if (unknown !== undefined) {
    const known = choice.map(({ name }) => JSON.stringify(name)).join(', ');
    throw new UserError(`--rung is ${JSON.stringify(unknown)}: it takes one of ${known}`);
  }
  return choice.filter(({ name }) => names.includes(name));
}

/** Starting, stopping and judging a server; and what a run takes beside its time. */
const SERVER_MS = 2_000;
const AROUND_RUN_MS = 150;

/** The estimated time of a benchmark. */
export function minutesOf(plan: Plan, groups: readonly Group[]): number {
  const { rounds, leadInMs, measuredMs, warmUpMs } = plan;
  const runMs = leadInMs + measuredMs + AROUND_RUN_MS;
  const ms = groups.map((group) => {
    return serversOf(group).length * (SERVER_MS + warmUpMs) + group.rows.length * rounds * runMs;
  });
  return ms.reduce((sum, each) => sum + each, 0) / 60_000;
}
