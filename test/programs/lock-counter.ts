import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type LockModeName, locks } from '../../src/lock/registry.js';

/**
 * Increments the number in a file, each time under the lock: `MODE PATH TIMES`. If two critical
 * sections overlap, an increment is lost. It prints `ready`, and begins when it reads something.
 */
const [mode = '', path = '', times] = process.argv.slice(2);
const lock = await locks[mode as LockModeName].open({
  path,
  recordPath: `${path}.record`,
  staleMs: 5000,
  onWarning: () => {},
});
process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();
for (let time = 0; time < Number(times); time++) {
  await lock.run(async () => {
    const number = Number(await readFile(path, 'utf8'));
    await writeFile(path, String(number + 1));
  }, performance.now() + 30_000);
}
await lock.close();
