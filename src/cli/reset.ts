import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { exitCode } from '../exit-codes.js';
import { readSettings } from '../settings.js';
import { resetFolder, storeIn } from '../store/folder.js';
import { withFolderAlone } from '../store/office-lock.js';
import { stores } from '../store/registry.js';
import { UnusableError } from '../unusable.js';
import { newCommand, runCommand } from './command.js';
import { count } from './paint.js';

const command = newCommand(
  'reset',
  'Puts every ticket of DATA_DIR back on sale. The sales are lost.',
)
  .option('-y, --yes', 'do not ask')
  .addHelpText('after', '\nExit code: 0 done, 2 refused: an office is open, or nobody said yes.');

await runCommand(command, async () => {
  const { DATA_DIR } = readSettings();
  const { yes } = command.opts<{ yes?: boolean }>();
  const folder = resolve(DATA_DIR);
  await withFolderAlone(folder, async () => {
    const sold = yes ? 0 : await countSold(folder);
    if (sold > 0) await ask(`${count(sold, 'sold ticket')} in ${folder} will be lost. Go on?`);
    await resetFolder(folder);
  });
  process.stdout.write(`Every ticket in ${folder} is for sale again.\n`);
  return exitCode.fine;
});

/** Tickets that buyers were told are theirs, whichever store sold them. */
async function countSold(folder: string): Promise<number> {
  const store = await storeIn(folder);
  if (store === undefined) return 0;
  const { events } = await stores[store].history(folder);
  return [...events.values()].reduce((sum, { sold }) => sum + sold, 0);
}

/** @throws UnusableError unless somebody says yes */
async function ask(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new UnusableError(`${question} Say so: npm run reset -- --yes`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.on('SIGINT', () => process.exit(exitCode.interrupted));
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new UnusableError('Nothing was changed.');
}
