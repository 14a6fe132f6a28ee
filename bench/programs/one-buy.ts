import type { Buy } from '../../src/booking/outcomes.js';
import { kernel } from '../../src/lock/kernel.js';
import { json } from '../../src/store/json/driver.js';

/** Sells one buy, `FOLDER BUY`, under the lock, synced, and prints what the buyer is told. */
const [folder = '', text = ''] = process.argv.slice(2);
const LOCK_TIMEOUT_MS = 10_000;

const onFault = (fault: Error): never => {
  throw fault;
};
const store = await json.open({
  folder,
  durable: true,
  raceWindowMs: 0,
  lockTimeoutMs: LOCK_TIMEOUT_MS,
  lockStaleMs: LOCK_TIMEOUT_MS,
  lockMode: 'kernel',
  emit: () => {},
  onFault,
});
const path = json.guardedFile(folder);
const lock = await kernel.open({ path, staleMs: LOCK_TIMEOUT_MS, onWarning: () => {} });
const sell = () => store.sell([JSON.parse(text) as Buy]);
const { results, durable } = await lock.run(sell, performance.now() + LOCK_TIMEOUT_MS);
await durable;
process.stdout.write(JSON.stringify(results[0]));
await lock.close();
await store.close();
