import type { TicketState } from '../booking/inventory.js';
import type { Store } from '../booking/store.js';
import type { Queue } from './dependencies.js';

/**
 * Commits the release of the holds whose time is over, if there are any: until then, `/search` and the
 * stream show their tickets as taken. Several workers and servers may do so at once.
 */
export async function expireHolds(
  store: Pick<Store, 'search'>,
  queue: Pick<Queue, 'submit'>,
  now = new Date().toISOString(),
): Promise<void> {
  const { state } = await store.search();
  if (hasExpired(state, now)) await queue.submit({ kind: 'expireHolds' });
}

function hasExpired({ holds = {}, at = '' }: TicketState, now: string): boolean {
  const newest = at > now ? at : now; // as `decide` takes it
  return Object.values(holds).some(({ until }) => until <= newest);
}
