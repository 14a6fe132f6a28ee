import { Command, CommanderError } from 'commander';
import { exitCode } from '../exit-codes.js';
import { exitCodeFor, messageFor, UserError } from '../user-error.js';

/** A command that explains itself with `--help`. */
export function newCommand(name: string, about: string): Command {
  return new Command(name).description(about).helpOption('-h, --help', 'show this').exitOverride();
}

/**
 * Runs a command of ours and ends the process with its exit code. What somebody can mend is one
 * line on stderr; Ctrl-C ends it at once.
 */
export async function runCommand(command: Command, run: () => Promise<number>): Promise<void> {
  process.once('SIGINT', () => process.exit(exitCode.interrupted));
  process.exitCode = exitCode.failed; // should it ever end before it has come to a result
  try {
    command.parse();
    process.exitCode = await run();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  // Commander has said what is wrong, or shown the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.invalid;
  const line = messageFor(error);
  if (line === undefined) throw error;
  process.stderr.write(`${line}\n`);
  return exitCodeFor(error);
}

/**
 * Reads a whole number out of an argument.
 *
 * @throws UnusableError with what it takes
 */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UserError(
    `${name} is ${JSON.stringify(text)}: it takes a whole number from ${min} to ${max}`,
  );
}
