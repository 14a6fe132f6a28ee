import { withExclusiveFolderLock } from '../../src/store/shared/folder-lock.js';

/** Keeps a folder for itself, as a reset does that waits for an answer. Ended from outside. */
await withExclusiveFolderLock(process.argv[2] ?? '', async () => {
  process.stdout.write('held\n');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
