import { exitCode } from '../exit-codes.js';
import { about, defaultOf, type SettingName, settingsSchema, takes } from '../settings.js';

/** Ends the process if there are arguments: after `--help` with all settings, else with an error. */
export function handleArguments(): void {
  const [unexpected] = process.argv.slice(2);
  if (unexpected === undefined) return;
  if (!process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stderr.write(
      `unexpected argument ${JSON.stringify(unexpected)}: settings are environment variables, see npm start -- --help\n`,
    );
    process.exit(exitCode.invalid);
  }
  const names = Object.keys(settingsSchema.shape) as SettingName[];
  const lines = names.flatMap((name) => [
    `  ${name}  (default ${defaultOf(name)})`,
    `      ${about(name)}`,
    `      takes ${takes(name)}`,
  ]);
  process.stdout.write(
    `${['Runs the ticket server. Settings are environment variables:', '', ...lines].join('\n')}\n`,
  );
  process.exit(0);
}
