import { color } from '../../src/cli/colors.js';
import { newCommand, runCommand, wholeNumber } from '../../src/cli/command.js';
import { exitCode } from '../../src/exit-codes.js';
import { Round } from './round.js';
import type { Row } from './row.js';
import { rows } from './rows.js';

const SEED_MAX = 999_999_999;
const MINUTES_MAX = 600;
const ROWS = Math.max(...rows.map(({ number }) => number));

/** What a row has come to so far. */
interface Result {
  readonly row: Row;
  /** How often it ran. */
  rounds: number;
  figures: string;
  /** The seed of the round that failed, and how. */
  failure?: { readonly seed: number; readonly why: string };
}

const command = newCommand('torture', 'Lets real offices sell while everything goes wrong.')
  .option('--seed <number>', 'the same seed gives the same faults in the same order', '1')
  .option('--minutes <number>', 'begins no round after that; every row runs at least once', '5')
  .option('--row <number>', 'only this row; several are separated by commas')
  .addHelpText(
    'after',
    '\nProgress on stderr, a table on stdout. Exit 0: all rows held; 1: one did not; 2: a bad argument.',
  );

async function runOnce(result: Result, seed: number): Promise<void> {
  const { row } = result;
  const beganAt = performance.now();
  const round = new Round(seed, true);
  const say = (how: string): void => {
    const seconds = ((performance.now() - beganAt) / 1000).toFixed(1);
    process.stderr.write(`row ${row.number}, seed ${seed}, ${seconds} s: ${row.fault}: ${how}\n`);
  };
  try {
    result.figures = await row.run(round);
    await round.end();
    result.rounds++;
    say(result.figures);
  } catch (error) {
    await round.end().catch(() => {});
    result.failure ??= { seed, why: (error as Error).message.split('\n')[0] ?? '' };
    say(`FAILED\n${(error as Error).stack}`);
  }
}

/** A row of the table: what was done, what should hold, and what it came to. */
function print({ row, rounds, figures, failure }: Result): string {
  const missing = row.missing?.();
  const [style, word] =
    failure !== undefined
      ? (['red', 'FAILED'] as const)
      : missing !== undefined
        ? (['yellow', 'not run'] as const)
        : (['green', rounds === 1 ? 'held' : `held ${rounds} ×`] as const);
  const indent = ' '.repeat(16);
  return [
    `${String(row.number).padStart(2)}  ${color(style, word.padEnd(10))}  ${row.fault}`,
    `${indent}${color('dim', `expected  ${row.expected}`)}`,
    `${indent}${color('dim', 'figures ')}  ${failure?.why ?? missing ?? figures}`,
  ].join('\n');
}

function verdictOf(results: readonly Result[], seed: number): string {
  const failures = results.filter(({ failure }) => failure !== undefined);
  if (failures.length === 0) return color(['green', 'bold'], 'HOLDS');
  const again = failures.map(
    ({ row, failure }) =>
      `npm run torture -- --row ${row.number} --seed ${failure?.seed ?? seed} --minutes 0`,
  );
  return `${color(['red', 'bold'], 'BROKEN')}  again: ${again.join('\n                ')}`;
}

await runCommand(command, async () => {
  const options = command.opts<{ seed: string; minutes: string; row?: string }>();
  const seed = wholeNumber('--seed', options.seed, 0, SEED_MAX);
  const minutes = wholeNumber('--minutes', options.minutes, 0, MINUTES_MAX);
  const wanted = options.row?.split(',').map((row) => wholeNumber('--row', row, 1, ROWS));

  const results = rows
    .filter(({ number }) => wanted?.includes(number) ?? true)
    .map((row): Result => ({ row, rounds: 0, figures: '' }));
  const deadline = performance.now() + minutes * 60_000;
  const failed = () => results.some(({ failure }) => failure !== undefined);
  const runnable = results.filter(({ row }) => row.missing?.() === undefined);
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
