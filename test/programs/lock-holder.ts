import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LockModeName, locks } from '../../src/lock/registry.js';

/**
 * Takes a lock once and holds it: `MODE PATH HOLD_MS STALE_MS TIMEOUT_MS`. Prints `held` when it has
 * the lock, `free` when it has released it, and `rejected` when the acquisition timed out.
 */
const [mode = '', path = '', holdMs, staleMs, timeoutMs] = process.argv.slice(2);
const lock = await locks[mode as LockModeName].open({
  path,
  recordPath: join(dirname(path), 'receipts.jsonl'),
  staleMs: Number(staleMs),
  onWarning: (message) => process.stdout.write(`${message}\n`),
});
try {
  await lock.run(async () => {
    process.stdout.write('held\n');
    await sleep(Number(holdMs));
  }, performance.now() + Number(timeoutMs));
  process.stdout.write('free\n');
} catch {
  process.stdout.write('rejected\n');
}
await lock.close();
