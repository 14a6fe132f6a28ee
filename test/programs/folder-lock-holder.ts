import { withExclusiveFolderLock } from '../../src/store/shared/folder-lock.js';

/** Holds the exclusive folder lock, like a reset that waits for confirmation. The test kills it. */
await withExclusiveFolderLock(process.argv[2] ?? '', async () => {
  process.stdout.write('held\n');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
