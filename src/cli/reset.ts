import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { SalesHistory } from '../booking/store.js';
import { exitCode } from '../exit-codes.js';
import { readSettings, type Settings, storeLocation } from '../settings.js';
import { redactedAddress } from '../store/postgres/address.js';
import { resetPostgres } from '../store/postgres/reset.js';
import { stores } from '../store/registry.js';
import { resetFolder, storeOfFolder } from '../store/shared/folder.js';
import { withExclusiveFolderLock } from '../store/shared/folder-lock.js';
import { count } from '../timeline/format.js';
import { UserError } from '../user-error.js';
import { newCommand, runCommand } from './command.js';

const command = newCommand(
  'reset',
  'Puts every ticket of DATA_DIR, or of DATABASE_URL, back on sale. The sales are lost.',
)
  .option('-y, --yes', 'do not ask')
  .addHelpText('after', '\nExit code: 0 done, 2 refused: an office is open, or nobody said yes.');

await runCommand(command, async () => {
  const settings = readSettings();
  const yes = command.opts<{ yes?: boolean }>().yes === true;
  const where =
    stores[settings.STORE].storedIn === 'database'
      ? await resetDatabase(settings, yes)
      : await resetFiles(resolve(settings.DATA_DIR), yes);
  process.stdout.write(`Every ticket in ${where} is for sale again.\n`);
  return exitCode.ok;
});

async function resetFiles(folder: string, yes: boolean): Promise<string> {
  await withExclusiveFolderLock(folder, async () => {
    const store = await storeOfFolder(folder); // whichever store sold there
    if (store !== undefined && !yes) await confirm(await stores[store].history(folder), folder);
    await resetFolder(folder);
  });
  return folder;
}

async function resetDatabase(settings: Settings, yes: boolean): Promise<string> {
  const { DATA_DIR: seeds, DATABASE_WAIT_S } = settings;
  const shown = redactedAddress(storeLocation(settings));
  await resetPostgres(
    storeLocation(settings),
    { seeds, waitMs: DATABASE_WAIT_S * 1000 },
    async (history) => {
      if (!yes) await confirm(history, shown);
    },
  );
  return shown;
}

/** Asks, if buyers were told that tickets are theirs. */
async function confirm({ events }: SalesHistory, where: string): Promise<void> {
  const sold = [...events.values()].reduce((sum, each) => sum + each.sold, 0);
  if (sold > 0) await ask(`${count(sold, 'sold ticket')} in ${where} will be lost. Go on?`);
}

/** @throws UnusableError unless somebody says yes */
async function ask(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new UserError(`${question} Say so: npm run reset -- --yes`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.on('SIGINT', () => process.exit(exitCode.interrupted));
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new UserError('Nothing was changed.');
}
