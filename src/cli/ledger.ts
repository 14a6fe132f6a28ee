import { resolve } from 'node:path';
import { exitCode } from '../exit-codes.js';
import { readSettings } from '../settings.js';
import { checkLedger, type InspectedLine, inspectLedger } from '../store/ledger/inspect.js';
import { serialRanges } from '../store/ledger/ledger-line.js';
import { ledgerIn } from '../store/ledger/paths.js';
import { exists } from '../store/shared/files.js';
import { withExclusiveFolderLock } from '../store/shared/folder-lock.js';
import { count } from '../timeline/format.js';
import { UserError } from '../user-error.js';
import { color } from './colors.js';
import { newCommand, runCommand, wholeNumber } from './command.js';

const TAIL_MAX = 100_000;

const command = newCommand('ledger', 'Looks into the ledger of a folder.')
  .argument('<what>', 'check: is it whole? dump: every line. tail: the newest lines')
  .argument('[folder]', 'the folder of an office (default: DATA_DIR)')
  .option('-n, --lines <number>', 'how many lines tail shows', '10')
  .addHelpText('after', '\nExit code: 0 fine, 2 bad argument or folder, 3 damaged.');

await runCommand(command, async () => {
  const [what, name] = command.args;
  const folder = resolve(name ?? readSettings().DATA_DIR);
  const lines = wholeNumber('--lines', command.opts<{ lines: string }>().lines, 1, TAIL_MAX);
  if (!(await exists(ledgerIn(folder)))) throw new UserError(`${folder} holds no ledger`);
  await look(what, folder, lines);
  return exitCode.ok;
});

async function look(what: string | undefined, folder: string, lines: number): Promise<void> {
  switch (what) {
    case 'check':
      return check(folder);
    case 'dump':
      await inspectLedger(folder, (line) => print(describe(line)));
      return;
    case 'tail':
      return tail(folder, lines);
    default:
      throw new UserError(`"${what}" is none of check, dump, tail`);
  }
}

/** Alone, because it clears the mark that keeps an office from starting. */
async function check(folder: string): Promise<void> {
  const { genesis, state, sales, skipped, partialBytes } = await withExclusiveFolderLock(
    folder,
    () => checkLedger(folder),
  );
  print(folder);
  print('');
  print(`  ledger    ${genesis.ledger}, from ${genesis.at}`);
  print(`  commits   ${state.version.toLocaleString('en')}`);
  print(`  sales     ${sales.toLocaleString('en')}`);
  print(`  skipped   ${count(skipped, 'line')}`);
  if (partialBytes > 0) print(`  torn      ${count(partialBytes, 'byte')} at the end`);
  print('');
  print(
    `${color(['green', 'bold'], 'WHOLE')}: every line that counts follows from the one before.`,
  );
}

async function tail(folder: string, lines: number): Promise<void> {
  const recentCommits: string[] = [];
  await inspectLedger(folder, (line) => {
    recentCommits.push(describe(line));
    if (recentCommits.length > lines) recentCommits.shift();
  });
  for (const text of recentCommits) print(text);
}

function describe({ offset, bytes, counts, commit }: InspectedLine): string {
  const place = String(offset).padStart(10);
  if (commit === undefined)
    return color('dim', `${place}  skipped  ${bytes} bytes that are no line`);
  const sales = serialRanges(commit)
    .map(({ eventId, first, last }) => `${eventId} ${first === last ? first : `${first}–${last}`}`)
    .join(', ');
  const text = `${String(commit.seq).padStart(8)}  ${commit.at}  pid ${commit.pid}  ${sales}`;
  return counts ? `${place}  ${text}` : color('dim', `${place}  skipped ${text.trimStart()}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
