import { resolve } from 'node:path';
import type { SalesHistory } from '../booking/store.js';
import { readSettings, storeLocation } from '../settings.js';
import { stores } from '../store/registry.js';
import { storeOfFolder } from '../store/shared/folder.js';
import { UserError } from '../user-error.js';
import { judge } from '../verdict/judge.js';
import { judgeHistory } from '../verdict/judge-history.js';
import { newCommand, runCommand, wholeNumber } from './command.js';
import { describe, describeHistory } from './describe-verdict.js';
import { readHistory, readReferenceLog } from './read-history.js';
import { exitCodeOfRuling } from './ruling.js';

interface Options {
  readonly json?: true;
  readonly history?: string;
  readonly since?: string;
  readonly others?: true;
}

const command = newCommand(
  'verdict',
  'Judges what was sold in a folder or a database, open or not.',
)
  .argument(
    '[folder]',
    'the folder of an office (default: DATA_DIR; with STORE=postgres, DATABASE_URL)',
  )
  .option('--history <file>', 'judge what clients were told, with the ledger of the folder')
  .option('--since <version>', 'the version at which the recording began (default: 0)')
  .option('--others', 'others, who were not recorded, may have bought too')
  .option('--json', 'print the counts as JSON')
  .addHelpText(
    'after',
    '\nExit code: 0 holds, 1 broken, 2 bad folder, 3 inconclusive, 5 no database.',
  );

await runCommand(command, async () => {
  const settings = readSettings();
  const { json, history: file, since, others } = command.opts<Options>();
  if (command.args[0] === undefined && stores[settings.STORE].storedIn === 'database') {
    if (file !== undefined) throw new UserError('a history is judged with a ledger, in a folder');
    const place = storeLocation(settings);
    return emit(
      stores[settings.STORE].guardedFile(place),
      await stores[settings.STORE].history(place),
      json,
    );
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
    throw new UserError('--since and --others go with --history');
  }
  // A folder is judged as what it is, whatever STORE says.
  const store = (await storeOfFolder(folder)) ?? settings.STORE;
  const history = await stores[store].history(folder).catch((error) => {
    if (error.code === 'ENOENT') throw new UserError(`${folder} holds no ticket file`);
    throw error;
  });
  return emit(folder, history, json);
});

/** Judges what was sold there, and says so. */
function emit(folder: string, history: SalesHistory, json: true | undefined): number {
  const verdict = judge(history);
  const text = json
    ? JSON.stringify({ folder, ...verdict })
    : describe(folder, verdict, history.settled);
  process.stdout.write(`${text}\n`);
  return exitCodeOfRuling[verdict.verdict];
}
