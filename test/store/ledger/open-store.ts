import type { Buy, Command } from '../../../src/booking/commands.js';
import type { Fault } from '../../../src/booking/faults.js';
import type { Result } from '../../../src/booking/outcomes.js';
import type { Store } from '../../../src/booking/store.js';
import type { Checkpoint } from '../../../src/store/ledger/checkpoint.js';
import { type CreateStoreOptions, createStore } from '../../../src/store/ledger/driver.js';
import type { LedgerFile } from '../../../src/store/ledger/ledger-file.js';
import { type Loaded, loadLedger } from '../../../src/store/ledger/load.js';
import { OrderIds } from '../../../src/store/ledger/order-ids.js';
import type { LedgerStore } from '../../../src/store/ledger/store.js';

export interface OpenOptions extends Partial<CreateStoreOptions> {
  readonly checkpoint?: Checkpoint;
  /** Replaces what was loaded, for negative controls. */
  readonly change?: (loaded: Loaded) => Loaded;
}

/** The options of a store on this file. A fault fails the test unless it passes `onFault`. */
export async function optionsFor(
  file: LedgerFile,
  { checkpoint, change = (loaded) => loaded, ...options }: OpenOptions = {},
): Promise<CreateStoreOptions> {
  const loaded = change(await loadLedger(file, checkpoint));
  return {
    file,
    loaded,
    ids: new OrderIds('secret', loaded.genesis.ledger),
    durable: true,
    raceWindowMs: 0,
    lockTimeoutMs: 5000,
    emit: () => {},
    onFault: (fault: Fault) => {
      throw fault;
    },
    ...options,
  };
}

export const openStore = async (file: LedgerFile, options?: OpenOptions): Promise<LedgerStore> =>
  createStore(await optionsFor(file, options));

export const buy = (eventId: string, quantity = 1, key?: string): Buy => ({
  kind: 'buy',
  eventId,
  customer: 'Ada',
  quantity,
  ...(key === undefined ? {} : { key }),
});

/** Sells a batch, and resolves when its buyers may be answered. */
export async function sell(store: Store, ...buys: readonly Command[]): Promise<readonly Result[]> {
  const { results, durable } = await store.sell(buys);
  await durable;
  return results;
}
