import { newCommand, wholeNumber } from '../src/cli/command.js';
import { UnusableError } from '../src/unusable.js';
import type { Plan } from './rounds.js';
import { type Row, rowsOf } from './rows.js';

/** What the command line asks for. */
export interface Options {
  readonly plan: Plan;
  readonly rows: readonly Row[];
  readonly json: string | undefined;
}

const ROUNDS = 5;
const SECONDS = 5;
const LEAD_IN_MS = 500;
const WARM_UP_MS = 5_000;

const quick = { leadInMs: 150, warmUpMs: 1_500, measuredMsMin: 250, measuredMsMax: 1_000 };
/** All runs of `--quick` together; starting, stopping and judging come on top. */
const QUICK_RUNS_MS = 25_000;

export const command = newCommand(
  'bench',
  'Sells as fast as it can in every lock mode, and judges what was sold.',
)
  .option('--quick', 'short runs: all of it in less than 90 seconds')
  .option('--rounds <number>', `every row is measured so often (default: ${ROUNDS})`)
  .option('--seconds <number>', `length of a run (default: ${SECONDS})`)
  .option('--connections <number>', 'buyers at once', '64')
  .option('--workers <number>', 'worker processes of each office', '2')
  .option('--rung <name>', 'only this row of the table; may be given again', another)
  .option('--json <file>', 'write all figures to a file')
  .addHelpText(
    'after',
    '\nThe offices are started by the benchmark, in folders of their own under TMPDIR.' +
      '\nExit code: 0 fine, 1 a lock that should hold did not, 2 bad argument, 130 interrupted.',
  );

function another(name: string, names: readonly string[] = []): string[] {
  return [...names, name];
}

interface Given {
  readonly quick?: true;
  readonly rounds?: string;
  readonly seconds?: string;
  readonly connections: string;
  readonly workers: string;
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
  const workers = wholeNumber('--workers', given.workers, 1, 64);
  const connections = wholeNumber('--connections', given.connections, 1, 1_000);
  const rounds =
    given.rounds === undefined ? ROUNDS : wholeNumber('--rounds', given.rounds, 1, 100);
  const measuredMs =
    given.seconds === undefined ? undefined : 1000 * wholeNumber('--seconds', given.seconds, 1, 60);
  const rows = choose(rowsOf(workers), given.rung);

  const { leadInMs, warmUpMs } = given.quick
    ? quick
    : { leadInMs: LEAD_IN_MS, warmUpMs: WARM_UP_MS };
  const usual = given.quick ? quickMeasuredMs(rows.length * rounds) : 1000 * SECONDS;
  const plan: Plan = {
    rounds,
    measuredMs: measuredMs ?? usual,
    leadInMs,
    warmUpMs,
    connections,
    workers,
    durability: 'fsync',
  };
  return { plan, rows, json: given.json };
}

/** However many rows there are, a quick benchmark takes the same time: more of them run shorter. */
function quickMeasuredMs(runs: number): number {
  const share = Math.floor(QUICK_RUNS_MS / runs / 50) * 50 - quick.leadInMs;
  return Math.max(quick.measuredMsMin, Math.min(quick.measuredMsMax, share));
}

function choose(rows: readonly Row[], names: readonly string[] = []): readonly Row[] {
  const stranger = names.find((name) => !rows.some((row) => row.name === name));
  if (stranger !== undefined) {
    const takes = rows.map(({ name }) => JSON.stringify(name)).join(', ');
    throw new UnusableError(`--rung is ${JSON.stringify(stranger)}: it takes one of ${takes}`);
  }
  return names.length === 0 ? rows : rows.filter(({ name }) => names.includes(name));
}
