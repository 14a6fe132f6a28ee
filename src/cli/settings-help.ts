import { about, defaultOf, type SettingName, settingsSchema, takes } from '../settings.js';

/** If `--help` is among the arguments, prints all settings and ends the process. */
export function printHelpIfRequested(): void {
  if (!process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) return;
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
