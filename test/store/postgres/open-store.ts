import { onTestFinished } from 'vitest';
import type { Command } from '../../../src/booking/commands.js';
import type { Result } from '../../../src/booking/outcomes.js';
import type { Store } from '../../../src/booking/store.js';
import type { StoreOptions } from '../../../src/store/driver.js';
import { postgres } from '../../../src/store/postgres/driver.js';
import type { TestDatabase } from '../../support/database.js';
import { openOptions } from '../../support/folder.js';

/** Opens a store on a prepared database; it is closed when the test ends. */
export async function openStore(
  { address }: TestDatabase,
  mode = 'row',
  changes: Partial<StoreOptions> = {},
): Promise<Store> {
  const store = await postgres.open({ ...openOptions(address, true, mode), ...changes });
  onTestFinished(() => store.close());
  return store;
}

/** Sells a batch, and resolves when its clients may be answered. */
export async function sell(store: Store, ...commands: Command[]): Promise<readonly Result[]> {
  const { results, durable } = await store.sell(commands);
  await durable;
  return results;
}
