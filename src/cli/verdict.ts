import { resolve } from 'node:path';
import type { SalesHistory } from '../booking/store.js';
import { exitCodeOfRuling } from '../exit-codes.js';
import { readSettings, storeLocation } from '../settings.js';
import { stores } from '../store/registry.js';
import { storeOfFolder } from '../store/shared/folder.js';
import { ifExists } from '../store/shared/if-exists.js';
import { UserError } from '../user-error.js';
import { judge } from '../verdict/judge.js';
import { judgeHistory } from '../verdict/judge-history.js';
import { newCommand, runCommand, wholeNumber } from './command.js';
import { describe, describeHistory } from './describe-verdict.js';
import { readHistory, readReferenceLog } from './read-history.js';

interface Options {
  readonly json?: true;
  readonly history?: string;
  readonly since?: string;
  readonly others?: true;
}

const command = newCommand(
  'verdict',
  'Judges what was sold from a folder or a database, even while it is in use.',
)
  .argument('[folder]', 'the data folder (default: DATA_DIR; with STORE=postgres, DATABASE_URL)')
  .option('--history <file>', 'judge a recorded history against the ledger of the folder')
  .option('--since <version>', 'the version at which the recording began (default: 0)')
  .option('--others', 'other clients, not recorded, may have bought too')
  .option('--json', 'print the counts as JSON')
  .addHelpText(
    'after',
    '\nExit code: 0 holds, 1 broken, 2 bad argument or folder, 3 inconclusive, 5 no database.',
  );

await runCommand(command, async () => {
  const settings = readSettings();
  const { json, history: file, since, others } = command.opts<Options>();
  if (command.args[0] === undefined && stores[settings.STORE].storedIn === 'database') {
    if (file !== undefined)
      throw new UserError('a history can only be judged against a ledger: give its folder');
    const address = storeLocation(settings);
    const store = stores[settings.STORE];
    return printVerdict(store.guardedFile(address), await store.history(address), json);
  }
  const folder = resolve(command.args[0] ?? settings.DATA_DIR);
  if (file !== undefined) {
    const history = await readHistory(file);
    const verdict = judgeHistory(history, await readReferenceLog(folder), {
      since: wholeNumber('--since', since ?? '0', 0, 999_999_999),
      others: others === true,
    });
    const text = json ? JSON.stringify({ folder, ...verdict }) : describeHistory(folder, verdict);
    process.stdout.write(`${text}\n`);
    return exitCodeOfRuling[verdict.verdict];
  }
  if (since !== undefined || others) {
    throw new UserError('--since and --others require --history');
  }
  // The files in a folder decide which store it belongs to, not STORE.
  const store = (await storeOfFolder(folder)) ?? settings.STORE;
  const history = await ifExists(stores[store].history(folder));
  if (history === undefined) throw new UserError(`${folder} contains no ticket file`);
  return printVerdict(folder, history, json);
});

/** Judges a history and prints the verdict. Returns the exit code. */
function printVerdict(folder: string, history: SalesHistory, json: true | undefined): number {
  const verdict = judge(history);
  const text = json
    ? JSON.stringify({ folder, ...verdict })
    : describe(folder, verdict, history.settled);
  process.stdout.write(`${text}\n`);
  return exitCodeOfRuling[verdict.verdict];
}
