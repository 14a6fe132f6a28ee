import { newCommand, wholeNumber } from '../src/cli/command.js';
import { UserError } from '../src/user-error.js';
import type { Plan } from './rounds.js';
import type { Row } from './row.js';
import { peerRows, rungsOf } from './rows.js';
import { type Part, rowsGroup, wholeBenchmark } from './sweeps.js';

/** What the command line asks for. */
export interface Options {
  readonly plan: Plan;
  readonly dependencies: readonly Part[];
  /** Whether it is all of it: then there are musts, a report and plots. */
  readonly whole: boolean;
  /** Whether something of `bench/package.json` is needed. */
  readonly needsPackages: boolean;
  readonly json: string | undefined;
  /** Measure nothing: draw the last report again. */
  readonly redraw: boolean;
}

const ROUNDS = 5;
const CONNECTIONS = 64;
const WORKERS = 2;

const usual = { rounds: ROUNDS, leadInMs: 300, warmUpMs: 2_500 };
/** Of a run of the whole benchmark, and of one of a few rows. */
const MEASURED_MS = { whole: 1_500, rows: 5_000 };

const quick = { rounds: 3, leadInMs: 150, warmUpMs: 1_500 };
const QUICK_MEASURED_MS = { min: 250, max: 1_000 };
/** All runs of `--quick` together; starting, stopping and judging come on top. */
const QUICK_RUNS_MS = 20_000;

export const command = newCommand(
  'bench',
  'Sells as fast as it can in every lock mode and in what others would take, and judges what was sold.',
)
  .option('--quick', 'the rungs only, in short runs: less than 90 seconds')
  .option('--rung <name>', 'only this row; may be given again', another)
  .option('--connections <number>', `buyers at once (default: ${CONNECTIONS})`)
  .option('--workers <number>', `worker processes of each office (default: ${WORKERS})`)
  .option('--seconds <number>', 'length of a run')
  .option('--rounds <number>', `every row is measured so often (default: ${ROUNDS})`)
  .option('--json <file>', 'write all figures to a file')
  .option('--redraw', 'measure nothing; make the report and the plots again from the last figures')
  .addHelpText(
    'after',
    '\nWithout --quick, --rung, --connections and --workers it is the whole benchmark, in less than 20' +
      '\nminutes: rungs, peers, sweeps, and what must be true of them; it writes bench/REPORT.md.' +
      '\nThe offices are started by the benchmark, in folders of their own under TMPDIR.' +
      '\nREDIS_URL names a Redis; else redis-server is started, if there is one.' +
      '\nExit code: 0 fine, 1 a lock that should hold did not, or a must was missed, 2 bad argument,' +
      '\n130 interrupted.',
  );

function another(name: string, names: readonly string[] = []): string[] {
  return [...names, name];
}

interface Given {
  readonly quick?: true;
  readonly redraw?: true;
  readonly rounds?: string;
  readonly seconds?: string;
  readonly connections?: string;
  readonly workers?: string;
  readonly rung?: readonly string[];
  readonly json?: string;
}

/**
 * Reads the options of the parsed command.
 *
 * @throws UnusableError with what an argument takes
 */
export function readOptions(): Options {
  const given = command.opts<Given>();
  const number = (name: 'rounds' | 'seconds' | 'connections' | 'workers', max: number) => {
    const text = given[name];
    return text === undefined ? undefined : wholeNumber(`--${name}`, text, 1, max);
  };
  const workers = number('workers', 64);
  const connections = number('connections', 1_000);
  const seconds = number('seconds', 60);
  const { rounds: usualRounds, ...times } = given.quick ? quick : usual;
  const rounds = number('rounds', 100) ?? usualRounds;
  const whole = [given.quick, given.rung, workers, connections].every((each) => each === undefined);

  const rows = choose(rungsOf(workers ?? WORKERS), given);
  const fewRows = () => rowsGroup('rows', rows, connections, workers);
  const dependencies: Part[] = whole
    ? wholeBenchmark()
    : [{ name: 'rows', offices: rows.length, runs: rows.length, make: async () => fewRows() }];
  const measuredMs = given.quick
    ? quickMeasuredMs(rows.length * rounds)
    : MEASURED_MS[whole ? 'whole' : 'rows'];
  const plan: Plan = {
    rounds,
    measuredMs: seconds === undefined ? measuredMs : 1000 * seconds,
    ...times,
    connections: connections ?? CONNECTIONS,
    workers: workers ?? WORKERS,
    durability: 'fsync',
  };
  const needsPackages = whole || rows.some((row) => row.package !== undefined);
  return {
    plan,
    dependencies,
    whole,
    needsPackages,
    json: given.json,
    redraw: given.redraw === true,
  };
}

/** However many rows there are, a quick benchmark takes the same time: more of them run shorter. */
function quickMeasuredMs(runs: number): number {
  const share = Math.floor(QUICK_RUNS_MS / runs / 50) * 50 - quick.leadInMs;
  return Math.max(QUICK_MEASURED_MS.min, Math.min(QUICK_MEASURED_MS.max, share));
}

/** The rows that are asked for by name; else all, but for the peers where it has to be quick. */
function choose(
  rungs: readonly Row[],
  { rung: names = [], quick: isQuick }: Given,
): readonly Row[] {
  const rows = [...rungs, ...peerRows];
  const stranger = names.find((name) => !rows.some((row) => row.name === name));
  if (stranger !== undefined) {
    const takes = rows.map(({ name }) => JSON.stringify(name)).join(', ');
    throw new UserError(`--rung is ${JSON.stringify(stranger)}: it takes one of ${takes}`);
  }
  if (names.length === 0) return isQuick ? rungs : rows;
  return rows.filter(({ name }) => names.includes(name));
}

/** Starting, stopping and judging an office; and what a run takes beside its time. */
const OFFICE_MS = 2_000;
const AROUND_RUN_MS = 150;

/** How long it will take, in minutes. */
export function minutesOf(plan: Plan, dependencies: readonly Part[]): number {
  const { rounds, leadInMs, measuredMs, warmUpMs } = plan;
  const runMs = leadInMs + measuredMs + AROUND_RUN_MS;
  const ms = dependencies.map(
    (part) => part.offices * (OFFICE_MS + warmUpMs) + part.runs * rounds * runMs,
  );
  return ms.reduce((sum, each) => sum + each, 0) / 60_000;
}
