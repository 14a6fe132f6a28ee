import { about, defaultOf, settingsSchema, takes } from '../settings.js';
/** Prints what the office can be told, and ends the process, if `--help` was asked for. */
export function printHelpIfAsked() {
    if (!process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h'))
        return;
    const names = Object.keys(settingsSchema.shape);
    const lines = names.flatMap((name) => [
        `  ${name}  (default ${defaultOf(name)})`,
        `      ${about(name)}`,
        `      takes ${takes(name)}`,
    ]);
    process.stdout.write(`${['Runs the ticket office. Settings come from the environment:', '', ...lines].join('\n')}\n`);
    process.exit(0);
}
//# sourceMappingURL=settings-help.js.map