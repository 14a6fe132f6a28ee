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
import { ifExists } from '../store/shared/if-exists.js';
import { count } from '../timeline/format.js';
import { exitCodeFor, UserError } from '../user-error.js';
import { newCommand, runCommand } from './command.js';

const command = newCommand(
  'reset',
  'Puts every ticket in DATA_DIR or DATABASE_URL back on sale. All sales are lost.',
)
  .option('-y, --yes', 'do not ask for confirmation')
  .addHelpText(
    'after',
    '\nExit code: 0 done, 2 not done: a server is running, or it was not confirmed.',
  );

await runCommand(command, async () => {
  const settings = readSettings();
  const yes = command.opts<{ yes?: boolean }>().yes === true;
  const location =
    stores[settings.STORE].storedIn === 'database'
      ? await resetDatabase(settings, yes)
      : await resetFiles(resolve(settings.DATA_DIR), yes);
  process.stdout.write(`Every ticket in ${location} is on sale again.\n`);
  return exitCode.ok;
});

async function resetFiles(folder: string, yes: boolean): Promise<string> {
  await withExclusiveFolderLock(folder, async () => {
    const store = await storeOfFolder(folder); // by its files, whatever STORE is
    if (!yes) await confirmFiles(folder, store ?? 'json');
    await resetFolder(folder);
  });
  return folder;
}

async function resetDatabase(settings: Settings, yes: boolean): Promise<string> {
  const { DATA_DIR: seeds, DATABASE_WAIT_S } = settings;
  const address = redactedAddress(storeLocation(settings));
  await resetPostgres(
    storeLocation(settings),
    { seeds, waitMs: DATABASE_WAIT_S * 1000 },
    async (history) => {
      if (!yes) await confirm(history, address);
    },
  );
  return address;
}

/** Asks for confirmation if tickets were sold, or if the files are damaged and do not tell. */
async function confirmFiles(folder: string, store: 'json' | 'ledger'): Promise<void> {
  const history = await ifExists(stores[store].history(folder)).catch((error) => {
    if (exitCodeFor(error) !== exitCode.damaged) throw error;
    return { damage: (error as Error).message };
  });
  if (history === undefined) return;
  if (history.damage !== undefined) {
    await ask(`${history.damage}. All sales in ${folder} will be lost. Continue?`);
  } else if ('events' in history) await confirm(history, folder);
}

/** Asks for confirmation if any tickets were sold. */
async function confirm({ events }: SalesHistory, location: string): Promise<void> {
  const sold = [...events.values()].reduce((sum, each) => sum + each.sold, 0);
  if (sold > 0) await ask(`${count(sold, 'sold ticket')} in ${location} will be lost. Continue?`);
}

/** @throws UserError unless the answer is yes */
async function ask(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new UserError(`${question} Confirm with: npm run reset -- --yes`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.on('SIGINT', () => process.exit(exitCode.interrupted));
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new UserError('Nothing was changed.');
}
