import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { exitCode } from '../exit-codes.js';
import { closeLostTerminalOnExit } from '../standard-streams.js';
import { ifExists } from '../store/shared/if-exists.js';
import { exitCodeFor, messageFor, UserError } from '../user-error.js';

/** Creates a command with `--help`. */
export function newCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .helpOption('-h, --help', 'show this help')
    .exitOverride();
}

/**
 * Runs a command and sets its exit code. An error that the user can fix is one line on stderr. Ctrl-C
 * ends the process at once.
 */
export async function runCommand(command: Command, run: () => Promise<number>): Promise<void> {
  process.once('SIGINT', () => process.exit(exitCode.interrupted));
  process.exitCode = exitCode.failed; // in case the process ends without a result
  process.stdout.on('error', onOutputError);
  process.stderr.on('error', () => {});
  closeLostTerminalOnExit();
  try {
    command.parse();
    process.exitCode = await run();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
  if (outputFailed) process.exitCode = exitCode.failed;
}

/** The reader of stdout closed it, as in `| head -1`. What a command found is still its exit code. */
class OutputClosed extends Error {}

let outputClosed = false;
let outputFailed = false;

function onOutputError({ code, message }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE' || code === 'EIO') {
    outputClosed = true;
    return;
  }
  if (!outputFailed) process.stderr.write(`the output cannot be written: ${message}\n`);
  outputFailed = true;
  process.exitCode = exitCode.failed;
}

/** Characters that move a terminal's cursor, change its colours, write its clipboard or turn its text round. */
const controls = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text that somebody else wrote, such as a customer's name, for a terminal. */
export const printable = (text: string): string =>
  text.replace(controls, (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`);

/** Prints one of many lines. The command ends here, with success, if the reader of stdout closed it. */
export function printLine(line: string): void {
  if (outputClosed) throw new OutputClosed();
  process.stdout.write(`${line}\n`);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof OutputClosed) return exitCode.ok;
  // Commander has already printed the error, or the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.invalid;
  const line = messageFor(error);
  if (line === undefined) throw error;
  process.stderr.write(`${line}\n`);
  return exitCodeFor(error);
}

/**
 * Checks that a file can be written, before the work whose result it gets.
 *
 * @throws UserError with the reason
 */
export async function requireWritable(option: string, path: string): Promise<void> {
  try {
    const found = await ifExists(stat(path));
    if (found?.isDirectory()) throw new Error('it is a folder');
    await access(found === undefined ? dirname(resolve(path)) : path, constants.W_OK);
  } catch (error) {
    throw new UserError(`${option} cannot write ${path}: ${(error as Error).message}`);
  }
}

/**
 * Parses an argument as an integer from `min` to `max`.
 *
 * @throws UserError with the allowed values
 */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UserError(
    `${name} is ${JSON.stringify(text)}: it takes a whole number from ${min} to ${max}`,
  );
}
