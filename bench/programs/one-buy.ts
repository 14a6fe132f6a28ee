import type { Buy } from '../../src/booking/commands.js';
import { locks } from '../../src/lock/registry.js';
import { stores } from '../../src/store/registry.js';
import { openStore } from '../open-store.js';

/** Sells one buy, `FOLDER BUY`, under the kernel lock, synced, and prints the result. */
const [folder = '', buy = ''] = process.argv.slice(2);
const LOCK_TIMEOUT_MS = 10_000;

const store = await openStore('json', folder, true);
const path = stores.json.guardedFile(folder);
const recordPath = stores.json.recordFile(folder);
const staleMs = LOCK_TIMEOUT_MS;
const lock = await locks.kernel.open({ path, recordPath, staleMs, onWarning: () => {} });
const sell = () => store.sell([JSON.parse(buy) as Buy]);
const { results, durable } = await lock.run(sell, performance.now() + LOCK_TIMEOUT_MS);
await durable;
process.stdout.write(JSON.stringify(results[0]));
await lock.close();
await store.close();
