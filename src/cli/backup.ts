import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exitCode, exitCodeOfRuling } from '../exit-codes.js';
import { readSettings } from '../settings.js';
import { rejectExisting, writeBackup } from '../store/backup/backup-file.js';
import { stores } from '../store/registry.js';
import { judge } from '../verdict/judge.js';
import { newCommand, runCommand } from './command.js';
import { describe } from './describe-verdict.js';
import { locateStore } from './locate-store.js';

const command = newCommand(
  'backup',
  'Writes everything in DATA_DIR or DATABASE_URL into one file, even while servers sell from it.',
)
  .argument('<file>', 'the new file, a tar.gz that only you may read')
  .addHelpText(
    'after',
    '\nExit code: 0 done, 1 done, but the verdict is broken, 2 not done, 3 the ledger is damaged, 5 no database.',
  );

await runCommand(command, async () => {
  const settings = readSettings();
  const file = resolve(command.args[0] ?? '');
  await rejectExisting(file);
  const { store, location, shown } = await locateStore(settings);
  const options = {
    lockTimeoutMs: settings.LOCK_TIMEOUT_MS,
    lockStaleMs: settings.LOCK_STALE_MS,
    waitMs: settings.DATABASE_WAIT_S * 1000,
    ...(settings.ORDER_SECRET === undefined ? {} : { orderSecret: settings.ORDER_SECRET }),
  };
  const verdict = await stores[store].backup(location, options, async ({ history, entries }) => {
    const judged = judge(history);
    const sold = judged.events.reduce((sum, event) => sum + event.sold, 0);
    const { version, verdict } = judged;
    const made = new Date().toISOString();
    await writeBackup(file, { store, made, verdict, version, sold }, entries);
    return judged;
  });
  const kilobytes = Math.ceil((await stat(file)).size / 1024).toLocaleString('en');
  process.stdout.write(
    `${describe(shown, verdict, true)}\n\nWritten to ${file}, ${kilobytes} KB.\n`,
  );
  if (verdict.verdict === 'inconclusive') return exitCode.ok; // nothing was sold yet
  return exitCodeOfRuling[verdict.verdict];
});
