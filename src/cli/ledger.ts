import { resolve } from 'node:path';
import { exitCode } from '../exit-codes.js';
import { readSettings } from '../settings.js';
import { rejectLostLedger } from '../store/ledger/damage.js';
import { checkLedger, type InspectedLine, inspectLedger } from '../store/ledger/inspect.js';
import { serialRanges } from '../store/ledger/ledger-line.js';
import { isSale, type Op } from '../store/ledger/ops.js';
import { replaceOrderKey } from '../store/ledger/order-key.js';
import { ledgerIn } from '../store/ledger/paths.js';
import { exists } from '../store/shared/files.js';
import { withExclusiveFolderLock } from '../store/shared/folder-lock.js';
import { count } from '../timeline/format.js';
import { UserError } from '../user-error.js';
import { color } from './colors.js';
import { newCommand, printLine, runCommand, wholeNumber } from './command.js';

const TAIL_MAX = 100_000;

const command = newCommand('ledger', 'Checks or prints the ledger of a folder.')
  .argument(
    '<what>',
    'check: verify every line; dump: print every line; tail: print the newest lines; new-key: replace a lost key of the order ids',
  )
  .argument('[folder]', 'the data folder (default: DATA_DIR)')
  .option('-n, --lines <number>', 'number of lines for tail', '10')
  .option('-y, --yes', 'confirm new-key')
  .addHelpText('after', '\nExit code: 0 ok, 2 bad argument or folder, 3 damaged.');

await runCommand(command, async () => {
  const [action, name] = command.args;
  const folder = resolve(name ?? readSettings().DATA_DIR);
  const lines = wholeNumber('--lines', command.opts<{ lines: string }>().lines, 1, TAIL_MAX);
  await rejectLostLedger(folder);
  if (!(await exists(ledgerIn(folder)))) throw new UserError(`${folder} contains no ledger`);
  await perform(action, folder, lines);
  return exitCode.ok;
});

async function perform(action: string | undefined, folder: string, lines: number): Promise<void> {
  switch (action) {
    case 'check':
      return check(folder);
    case 'dump':
      await inspectLedger(folder, (line) => printLine(describe(line)));
      return;
    case 'tail':
      return tail(folder, lines);
    case 'new-key':
      return newKey(folder);
    default:
      throw new UserError(`"${action}" is not an action: use check, dump, tail or new-key`);
  }
}

/** Holds the folder's lock, because it removes the damage marker that prevents a start. */
async function check(folder: string): Promise<void> {
  const { genesis, state, sales, skipped, partialBytes } = await withExclusiveFolderLock(
    folder,
    () => checkLedger(folder),
  );
  printLine(folder);
  printLine('');
  printLine(`  ledger    ${genesis.ledger}, from ${genesis.at}`);
  printLine(`  commits   ${state.version.toLocaleString('en')}`);
  printLine(`  sales     ${sales.toLocaleString('en')}`);
  printLine(`  skipped   ${count(skipped, 'line')}`);
  if (partialBytes > 0) printLine(`  torn      ${count(partialBytes, 'byte')} at the end`);
  printLine('');
  printLine(`${color(['green', 'bold'], 'WHOLE')}: every valid line follows from the one before.`);
}

/** For a key that is lost and in no backup: without a new one, no server opens the ledger. */
async function newKey(folder: string): Promise<void> {
  const { sales } = await withExclusiveFolderLock(folder, async () => {
    const inspection = await inspectLedger(folder);
    if (inspection.sales > 0 && !command.opts<{ yes?: true }>().yes) {
      throw new UserError(
        `the ids of ${count(inspection.sales, 'order')} will be unknown. Confirm with: npm run ledger -- new-key --yes`,
      );
    }
    await replaceOrderKey(folder, readSettings().ORDER_SECRET);
    return inspection;
  });
  printLine(`${folder} has a new key. The ids of ${count(sales, 'order')} so far are unknown.`);
}

async function tail(folder: string, lines: number): Promise<void> {
  const newest: string[] = [];
  await inspectLedger(folder, (line) => {
    newest.push(describe(line));
    if (newest.length > lines) newest.shift();
  });
  for (const text of newest) printLine(text);
}

function describe({ offset, bytes, counts, commit }: InspectedLine): string {
  const position = String(offset).padStart(10);
  if (commit === undefined)
    return color('dim', `${position}  skipped  ${bytes} bytes that are not a line`);
  const sales = serialRanges(commit)
    .map(({ eventId, first, last }) => `${eventId} ${first === last ? first : `${first}–${last}`}`)
    .join(', ');
  const others = commit.ops.filter((op) => !isSale(op)).map(describeOp);
  const done = [sales, ...others].filter((each) => each !== '').join(', ');
  const text = `${String(commit.seq).padStart(8)}  ${commit.at}  pid ${commit.pid}  ${done}`;
  return counts ? `${position}  ${text}` : color('dim', `${position}  skipped ${text.trimStart()}`);
}

/** An operation other than a sale: `cancel city-derby 3–4`. */
function describeOp(op: Op): string {
  if (isSale(op)) return '';
  if (op.op === 'expire') return `expire ${count(op.holds.length, 'hold')}`;
  if (op.op === 'admit') return `admit ${op.event} ${op.serial}`;
  if (op.op !== 'cancel') return `${op.op} ${op.event}`;
  const last = op.first + op.quantity - 1;
  return `cancel ${op.event} ${op.first === last ? last : `${op.first}–${last}`}`;
}
