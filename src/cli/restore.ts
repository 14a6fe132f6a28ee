import { resolve } from 'node:path';
import { exitCode } from '../exit-codes.js';
import { readSettings, type Settings, storeLocation } from '../settings.js';
import { type Manifest, readBackup, verifyBackup } from '../store/backup/backup-file.js';
import { stores } from '../store/registry.js';
import { UserError } from '../user-error.js';
import { judge, type Verdict } from '../verdict/judge.js';
import { newCommand, runCommand } from './command.js';
import { describe } from './describe-verdict.js';

interface Options {
  readonly replace?: true;
  readonly broken?: true;
}

const command = newCommand(
  'restore',
  'Restores a backup into DATA_DIR or DATABASE_URL, which no server has open.',
)
  .argument('<file>', 'a file that `npm run backup` wrote')
  .option('--replace', 'delete the sales that are there')
  .option('--broken', 'restore it even if its verdict is broken')
  .addHelpText(
    'after',
    '\nExit code: 0 done, 2 not done, and nothing was changed, 3 the ledger in it is damaged, 5 no database.',
  );

await runCommand(command, async () => {
  const settings = readSettings();
  const { replace = false, broken = false } = command.opts<Options>();
  const file = resolve(command.args[0] ?? '');
  const manifest = await verifyBackup(file); // every byte, before anything is written
  const location = locate(file, manifest, settings);
  const store = stores[manifest.store];
  let verdict: Verdict | undefined;
  await store.restore(location, readBackup(file), {
    replace,
    seeds: settings.DATA_DIR,
    waitMs: settings.DATABASE_WAIT_S * 1000,
    ...(settings.ORDER_SECRET === undefined ? {} : { orderSecret: settings.ORDER_SECRET }),
    approve(history) {
      verdict = judge(history);
      rejectOther(file, manifest, verdict);
      if (verdict.verdict !== 'broken' || broken) return;
      throw new UserError(`the verdict on ${file} is broken: restore it anyway with --broken`);
    },
  });
  const shown = store.storedIn === 'folder' ? location : store.guardedFile(location);
  const result = verdict === undefined ? '' : `${describe(shown, verdict, true)}\n\n`;
  process.stdout.write(`${result}Restored from ${file}, made ${manifest.made}.\n`);
  return exitCode.ok;
});

/** Where the backup belongs. */
function locate(file: string, { store }: Manifest, settings: Settings): string {
  if (stores[store].storedIn !== stores[settings.STORE].storedIn) {
    throw new UserError(
      `${file} is a backup of the ${store} store: restore it with STORE=${store}`,
    );
  }
  return stores[store].storedIn === 'database'
    ? storeLocation(settings)
    : resolve(settings.DATA_DIR);
}

/** What was restored must be what was backed up. */
function rejectOther(file: string, manifest: Manifest, { version, events }: Verdict): void {
  const sold = events.reduce((sum, event) => sum + event.sold, 0);
  if (version === manifest.version && sold === manifest.sold) return;
  throw new UserError(
    `${file} should have ${manifest.sold} sold tickets at version ${manifest.version}, and has ${sold} at ${version}`,
  );
}
