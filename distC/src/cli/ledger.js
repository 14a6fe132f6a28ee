import { resolve } from 'node:path';
import { exitCode } from '../exit-codes.js';
import { readSettings } from '../settings.js';
import { exists } from '../store/files.js';
import { checkLedger, inspectLedger } from '../store/ledger/inspect.js';
import { serialsOf } from '../store/ledger/line.js';
import { ledgerIn } from '../store/ledger/paths.js';
import { withFolderAlone } from '../store/office-lock.js';
import { UnusableError } from '../unusable.js';
import { newCommand, runCommand, wholeNumber } from './command.js';
import { count, paint } from './paint.js';
const TAIL_MAX = 100_000;
const command = newCommand('ledger', 'Looks into the ledger of a folder.')
    .argument('<what>', 'check: is it whole? dump: every line. tail: the newest lines')
    .argument('[folder]', 'the folder of an office (default: DATA_DIR)')
    .option('-n, --lines <number>', 'how many lines tail shows', '10')
    .addHelpText('after', '\nExit code: 0 fine, 2 bad argument or folder, 3 damaged.');
await runCommand(command, async () => {
    const [what, name] = command.args;
    const folder = resolve(name ?? readSettings().DATA_DIR);
    const lines = wholeNumber('--lines', command.opts().lines, 1, TAIL_MAX);
    if (!(await exists(ledgerIn(folder))))
        throw new UnusableError(`${folder} holds no ledger`);
    await look(what, folder, lines);
    return exitCode.fine;
});
async function look(what, folder, lines) {
    switch (what) {
        case 'check':
            return check(folder);
        case 'dump':
            await inspectLedger(folder, (line) => print(describe(line)));
            return;
        case 'tail':
            return tail(folder, lines);
        default:
            throw new UnusableError(`"${what}" is none of check, dump, tail`);
    }
}
/** Alone, because it clears the mark that keeps an office from starting. */
async function check(folder) {
    const { genesis, state, sales, skipped, unfinished } = await withFolderAlone(folder, () => checkLedger(folder));
    print(folder);
    print('');
    print(`  ledger    ${genesis.ledger}, from ${genesis.at}`);
    print(`  commits   ${state.version.toLocaleString('en')}`);
    print(`  sales     ${sales.toLocaleString('en')}`);
    print(`  skipped   ${count(skipped, 'line')}`);
    if (unfinished > 0)
        print(`  torn      ${count(unfinished, 'byte')} at the end`);
    print('');
    print(`${paint(['green', 'bold'], 'WHOLE')}: every line that counts follows from the one before.`);
}
async function tail(folder, lines) {
    const newest = [];
    await inspectLedger(folder, (line) => {
        newest.push(describe(line));
        if (newest.length > lines)
            newest.shift();
    });
    for (const text of newest)
        print(text);
}
function describe({ offset, bytes, counts, commit }) {
    const place = String(offset).padStart(10);
    if (commit === undefined)
        return paint('dim', `${place}  skipped  ${bytes} bytes that are no line`);
    const sales = serialsOf(commit)
        .map(({ eventId, first, last }) => `${eventId} ${first === last ? first : `${first}–${last}`}`)
        .join(', ');
    const text = `${String(commit.seq).padStart(8)}  ${commit.at}  pid ${commit.pid}  ${sales}`;
    return counts ? `${place}  ${text}` : paint('dim', `${place}  skipped ${text.trimStart()}`);
}
function print(line) {
    process.stdout.write(`${line}\n`);
}
//# sourceMappingURL=ledger.js.map