import type { StoreDriver } from '../../src/store/driver.js';
import { wholeNumber } from '../../src/cli/command.js';
import { stores } from '../../src/store/registry.js';

/**
 * Sells so many tickets of the largest event of a folder, one to a buyer, and closes: `STORE FOLDER
 * SALES BATCH`. The same store as the office's, in one process, and without a sync for each batch.
 */
const [name = '', folder = '', sales = '', batch = ''] = process.argv.slice(2);
const salesMax = wholeNumber('SALES', sales, 1, 100_000_000);
const batchMax = wholeNumber('BATCH', batch, 1, 4096);

const kind = name === 'json' ? stores.json : stores.ledger;
await kind.prepare(folder);
const onFault = (fault: Error): never => {
  throw fault;
};
const keeper = await (kind as StoreDriver).startBackgroundTask?.({ folder, lockMode: 'off', onFault });
const store = await kind.open({
  folder,
  durable: false,
  raceWindowMs: 0,
  lockTimeoutMs: 10_000,
  lockStaleMs: 5_000,
  lockMode: 'off',
  emit: () => {},
  onFault,
});
const { events } = (await store.search()).state;
const [eventId = ''] = Object.entries(events)
  .sort(([, one], [, other]) => other.remaining - one.remaining)
  .map(([id]) => id);
for (let sold = 0; sold < salesMax; ) {
  const buys = Array.from({ length: Math.min(batchMax, salesMax - sold) }, (_, index) => ({
    eventId,
    customer: `buyer ${sold + index + 1}`,
    quantity: 1,
  }));
  const { results } = await store.sell(buys);
  if (results.some(({ kind }) => kind !== 'sold')) throw new Error(`sold out after ${sold}`);
  sold += buys.length;
}
await keeper?.close();
await store.close();
