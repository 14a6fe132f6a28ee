import { Command, CommanderError } from 'commander';
import { exitCode } from '../exit-codes.js';
import { exitCodeFor, lineFor, UnusableError } from '../unusable.js';
/** A command that explains itself with `--help`. */
export function newCommand(name, about) {
    return new Command(name).description(about).helpOption('-h, --help', 'show this').exitOverride();
}
/**
 * Runs a command of ours and ends the process with its exit code. What somebody can mend is one
 * line on stderr; Ctrl-C ends it at once.
 */
export async function runCommand(command, run) {
    process.once('SIGINT', () => process.exit(exitCode.interrupted));
    process.exitCode = exitCode.wrong; // should it ever end before it has come to a result
    try {
        command.parse();
        process.exitCode = await run();
    }
    catch (error) {
        process.exitCode = exitCodeOf(error);
    }
}
function exitCodeOf(error) {
    // Commander has said what is wrong, or shown the help.
    if (error instanceof CommanderError)
        return error.exitCode === 0 ? exitCode.fine : exitCode.unusable;
    const line = lineFor(error);
    if (line === undefined)
        throw error;
    process.stderr.write(`${line}\n`);
    return exitCodeFor(error);
}
/**
 * Reads a whole number out of an argument.
 *
 * @throws UnusableError with what it takes
 */
export function wholeNumber(name, text, min, max) {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max)
        return number;
    throw new UnusableError(`${name} is ${JSON.stringify(text)}: it takes a whole number from ${min} to ${max}`);
}
//# sourceMappingURL=command.js.map