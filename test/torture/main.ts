import { Option } from 'commander';
import { color } from '../../src/cli/colors.js';
import { newCommand, runCommand, wholeNumber } from '../../src/cli/command.js';
import { exitCode } from '../../src/exit-codes.js';
import type { TortureFault } from './fault.js';
import { faults } from './faults.js';
import { Round } from './round.js';

const SEED_MAX = 999_999_999;
const MINUTES_MAX = 600;
const NUMBER_MAX = Math.max(...faults.map(({ number }) => number));

/** The result of a fault so far. */
interface Result {
  readonly fault: TortureFault;
  /** How many rounds it has run. */
  rounds: number;
  figures: string;
  /** The seed of the round that failed, and the error. */
  failure?: { readonly seed: number; readonly why: string };
}

const command = newCommand('torture', 'Runs real servers under load while injecting every fault.')
  .option('--seed <number>', 'the same seed gives the same faults in the same order', '1')
  .option('--minutes <number>', 'starts no new round after this time; every fault runs once', '5')
  .option('--fault <number>', 'runs only this fault, or several separated by commas')
  .addOption(new Option('--row <number>', 'the former name of --fault').hideHelp())
  .addHelpText(
    'after',
    '\nProgress goes to stderr, the table to stdout. Exit codes: 0 everything held, 1 a fault broke something, 2 bad argument.',
  );

async function runOnce(result: Result, seed: number): Promise<void> {
  const { fault } = result;
  const beganAt = performance.now();
  const round = new Round(seed, true);
  const report = (outcome: string): void => {
    const seconds = ((performance.now() - beganAt) / 1000).toFixed(1);
    const prefix = `fault ${fault.number}, seed ${seed}, ${seconds} s`;
    process.stderr.write(`${prefix}: ${fault.fault}: ${outcome}\n`);
  };
  try {
    result.figures = await fault.run(round);
    await round.end();
    result.rounds++;
    report(result.figures);
  } catch (error) {
    await round.end().catch(() => {});
    result.failure ??= { seed, why: (error as Error).message.split('\n')[0] ?? '' };
    report(`FAILED\n${(error as Error).stack}`);
  }
}

/** An entry of the table: the fault, what should hold, and the figures. */
function print({ fault, rounds, figures, failure }: Result): string {
  const missing = fault.missing?.();
  const [style, word] =
    failure !== undefined
      ? (['red', 'FAILED'] as const)
      : missing !== undefined
        ? (['yellow', 'not run'] as const)
        : (['green', rounds === 1 ? 'held' : `held ${rounds} ×`] as const);
  const indent = ' '.repeat(16);
  return [
    `${String(fault.number).padStart(2)}  ${color(style, word.padEnd(10))}  ${fault.fault}`,
    `${indent}${color('dim', `expected  ${fault.expected}`)}`,
    `${indent}${color('dim', 'figures ')}  ${failure?.why ?? missing ?? figures}`,
  ].join('\n');
}

function verdictOf(results: readonly Result[], seed: number): string {
  const failures = results.filter(({ failure }) => failure !== undefined);
  if (failures.length === 0) return color(['green', 'bold'], 'HOLDS');
  const commands = failures.map(
    ({ fault, failure }) =>
      `npm run torture -- --fault ${fault.number} --seed ${failure?.seed ?? seed} --minutes 0`,
  );
  return `${color(['red', 'bold'], 'BROKEN')}  repeat with: ${commands.join('\n                      ')}`;
}

await runCommand(command, async () => {
  const options = command.opts<{
    seed: string;
    minutes: string;
    fault?: string;
    row?: string;
  }>();
  const seed = wholeNumber('--seed', options.seed, 0, SEED_MAX);
  const minutes = wholeNumber('--minutes', options.minutes, 0, MINUTES_MAX);
  const name = options.fault === undefined ? '--row' : '--fault';
  const selected = (options.fault ?? options.row)
    ?.split(',')
    .map((number) => wholeNumber(name, number, 1, NUMBER_MAX));

  const results = faults
    .filter(({ number }) => selected?.includes(number) ?? true)
    .map((fault): Result => ({ fault, rounds: 0, figures: '' }));
  const deadline = performance.now() + minutes * 60_000;
  const failed = () => results.some(({ failure }) => failure !== undefined);
  const runnable = results.filter(({ fault }) => fault.missing?.() === undefined);
  for (let pass = 0; runnable.length > 0 && !failed(); pass++) {
    for (const result of runnable) {
      if (pass > 0 && performance.now() > deadline) break;
      await runOnce(result, seed + pass);
    }
    if (performance.now() > deadline) break;
  }
  process.stdout.write(`${results.map(print).join('\n')}\n\n${verdictOf(results, seed)}\n`);
  return failed() ? exitCode.failed : exitCode.ok;
});
