import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { exitCode } from '../exit-codes.js';
import { placeOf, readSettings } from '../settings.js';
import { resetFolder, storeIn } from '../store/folder.js';
import { withFolderAlone } from '../store/office-lock.js';
import { shownAddress } from '../store/postgres/address.js';
import { putBack } from '../store/postgres/office.js';
import { stores } from '../store/registry.js';
import { UnusableError } from '../unusable.js';
import { newCommand, runCommand } from './command.js';
import { count } from './paint.js';
const command = newCommand('reset', 'Puts every ticket of DATA_DIR, or of DATABASE_URL, back on sale. The sales are lost.')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', '\nExit code: 0 done, 2 refused: an office is open, or nobody said yes.');
await runCommand(command, async () => {
    const settings = readSettings();
    const yes = command.opts().yes === true;
    const where = stores[settings.STORE].keptIn === 'database'
        ? await resetDatabase(settings, yes)
        : await resetFiles(resolve(settings.DATA_DIR), yes);
    process.stdout.write(`Every ticket in ${where} is for sale again.\n`);
    return exitCode.fine;
});
async function resetFiles(folder, yes) {
    await withFolderAlone(folder, async () => {
        const store = await storeIn(folder); // whichever store sold there
        if (store !== undefined && !yes)
            await confirm(await stores[store].history(folder), folder);
        await resetFolder(folder);
    });
    return folder;
}
async function resetDatabase(settings, yes) {
    const { DATA_DIR: seeds, DATABASE_WAIT_S } = settings;
    const shown = shownAddress(placeOf(settings));
    await putBack(placeOf(settings), { seeds, waitMs: DATABASE_WAIT_S * 1000 }, async (history) => {
        if (!yes)
            await confirm(history, shown);
    });
    return shown;
}
/** Asks, if buyers were told that tickets are theirs. */
async function confirm({ events }, where) {
    const sold = [...events.values()].reduce((sum, each) => sum + each.sold, 0);
    if (sold > 0)
        await ask(`${count(sold, 'sold ticket')} in ${where} will be lost. Go on?`);
}
/** @throws UnusableError unless somebody says yes */
async function ask(question) {
    if (!process.stdin.isTTY)
        throw new UnusableError(`${question} Say so: npm run reset -- --yes`);
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    terminal.on('SIGINT', () => process.exit(exitCode.interrupted));
    const answer = await terminal.question(`${question} [y/N] `);
    terminal.close();
    if (!/^y(es)?$/i.test(answer.trim()))
        throw new UnusableError('Nothing was changed.');
}
//# sourceMappingURL=reset.js.map