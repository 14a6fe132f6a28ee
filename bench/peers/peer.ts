import type { Buy } from '../../src/booking/commands.js';
import { Fault } from '../../src/booking/faults.js';
import type { TicketState } from '../../src/booking/inventory.js';
import type { Order } from '../../src/booking/outcomes.js';
import { serialsFrom } from '../../src/booking/serial-ranges.js';
import type { SalesHistory } from '../../src/booking/store.js';
import { Tally } from '../../src/verdict/tally.js';
import type { ServerSetup } from '../server-setup.js';

/** Another way to keep tickets, behind the same HTTP server. */
export interface Peer
  extends Pick<ServerSetup, 'name' | 'settings' | 'durable' | 'database' | 'package'> {
  /** How it is set up, and what it stores. */
  readonly about: string;
  /** Puts the events on sale, in a new folder or database. */
  prepare?(location: string, seed: TicketState): Promise<void>;
  /** Opens what is prepared. @returns sells a batch, and resolves when it is committed */
  open(location: string): Promise<(buys: readonly Buy[]) => Promise<Order[]>>;
  /** Reads all sales; missing where no orders are stored. */
  history?(location: string): Promise<SalesHistory>;
}

/** A sale as a peer stores it. `version` counts the sales. */
export interface StoredSale extends Omit<Buy, 'kind'> {
  readonly orderId: string;
  readonly first: number;
  readonly remaining: number;
  readonly version: number;
}

export const orderOf = ({ first, ...sale }: StoredSale): Order => ({
  ...sale,
  kind: 'sold',
  serials: serialsFrom(first, sale.quantity),
});

/** The load buys only what is there, so this is a fault. */
export const notSold = (eventId: string): Fault =>
  new Fault('STORAGE', `${eventId} is sold out, or unknown`);

/** Counts stored orders for the verdict. Each sale of a peer is one commit. */
export function historyOf(state: TicketState, orders: Iterable<Order>): SalesHistory {
  const tally = new Tally();
  for (const { orderId, version, eventId, serials } of orders) {
    tally.add({ commit: orderId, version, eventId, serials });
  }
  return tally.toHistory(state, true);
}

/** The seed with the remaining tickets of each event as a peer stores them. */
export function stateOf(
  seed: TicketState,
  version: number,
  remaining: Readonly<Record<string, number>>,
): TicketState {
  const events = Object.entries(seed.events).map(([id, event]) => {
    const left = remaining[id] ?? event.remaining;
    return [id, { ...event, remaining: left, issued: event.capacity - left }];
  });
  return { version, events: Object.fromEntries(events) };
}
