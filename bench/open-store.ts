import type { Store } from '../src/booking/store.js';
import { stores } from '../src/store/registry.js';

/** Throws in the process that it happens in: the benchmark has no other use for a fault. */
export const onFault = (fault: Error): never => {
  throw fault;
};

/** Opens a prepared folder as a server does, without a lock. */
export const openStore = (
  name: 'json' | 'ledger',
  folder: string,
  durable: boolean,
  { orderSecret }: { readonly orderSecret?: string } = {},
): Promise<Store> =>
  stores[name].open({
    location: folder,
    durable,
    onFault,
    emit: () => {},
    raceWindowMs: 0,
    lockTimeoutMs: 10_000,
    lockStaleMs: 5_000,
    lockMode: 'off',
    ...(orderSecret !== undefined && { orderSecret }),
  });
