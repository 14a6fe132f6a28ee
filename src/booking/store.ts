import { z } from 'zod';
import type { Command } from './commands.js';
import type { TicketState } from './inventory.js';
import type { Admitted, Order, Result } from './outcomes.js';

/** A committed state. `tag` differs whenever the state does. */
export interface Snapshot {
  readonly state: TicketState;
  readonly tag: string;
}

/** A batch that was decided and written. No buyer may be answered before `durable` resolves. */
export interface Sale {
  /** One for each command, in the order of the batch. */
  readonly results: readonly Result[];
  readonly durable: Promise<void>;
}

/**
 * Where tickets are kept. The port offers `sell`, never `read` and `write`: with those two, every
 * caller could lose an update between them.
 */
export interface Store {
  /** Whether a buy repeated with the same idempotency key returns the first sale. */
  readonly remembersKeys: boolean;
  /** The newest committed state, never older than what any buyer was answered before the call. */
  search(): Promise<Snapshot>;
  /**
   * Decides a batch of commands, most of them buys, and writes it. The caller holds the lock, if there
   * is one, until this promise settles; it may release the lock before `durable` resolves.
   *
   * @param commands no two of them have the same idempotency key
   * @throws Fault `STORAGE` when a file cannot be read or written, `SYNC_FAILED` when a sync failed
   */
  sell(commands: readonly Command[]): Promise<Sale>;
  /** The order with this id as its buyer was answered, or `undefined`. */
  find(orderId: string): Promise<Order | undefined>;
  /** How a hold that is not in the state any more ended, or `undefined` if nothing is known of it. */
  findEndedHold(holdId: string): Promise<EndedHold | undefined>;
  /** The order that a ticket belongs to, and its admission, or `undefined`. */
  findTicket(eventId: string, serial: number): Promise<Ticket | undefined>;
  /**
   * The orders of an event, or of all, in the order in which they were sold.
   *
   * @throws UnknownCursorError
   */
  orders(query: OrdersQuery): Promise<OrdersPage>;
  /** Everything sold so far, counted, and the state that it should have led to. */
  history(): Promise<SalesHistory>;
  /** The newest commits, oldest first. Only a store that chains its commits has them. */
  recentCommits?(): Promise<readonly ChainLine[]>;
  close(): Promise<void>;
}

/** A store that does what another one does, except for some methods. */
export const delegateTo = (store: Store, changes: Partial<Store>): Store => ({
  remembersKeys: store.remembersKeys,
  search: () => store.search(),
  sell: (commands) => store.sell(commands),
  find: (orderId) => store.find(orderId),
  findEndedHold: (holdId) => store.findEndedHold(holdId),
  findTicket: (eventId, serial) => store.findTicket(eventId, serial),
  orders: (query) => store.orders(query),
  history: () => store.history(),
  close: () => store.close(),
  ...changes,
});

/** How a hold ended. */
export type EndedHold =
  | { readonly end: 'confirmed'; readonly order: Order }
  | { readonly end: 'released' | 'expired' };

/** A ticket that was sold. */
export interface Ticket {
  readonly order: Order;
  /** Missing until somebody is let in with it. */
  readonly admission?: Pick<Admitted, 'at' | 'door'>;
}

export interface OrdersQuery {
  readonly eventId?: string | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A cursor that is not `next` of a page of this store: clients send it. */
export class UnknownCursorError extends Error {}

export interface OrdersPage {
  readonly orders: readonly PlacedOrder[];
  /** The cursor of the next page; missing on the last one. */
  readonly next?: string;
}

/** An order, and when it was sold, in ISO 8601 and UTC. */
export type PlacedOrder = Order & { readonly at: string };

/** What was sold of one event, counted from what buyers were answered. */
export interface EventSales {
  /** Tickets sold; a serial that two buyers got counts twice. */
  readonly sold: number;
  /** Distinct serials among them. */
  readonly distinct: number;
  /** Distinct serials from 1 to the number of tickets that the state says were sold. */
  readonly withinSoldCount: number;
  /** Distinct serials that were put back on sale. */
  readonly cancelled?: number;
}

/** What a verdict is made from: a store's record of its sales, counted. */
export interface SalesHistory {
  readonly state: TicketState;
  /** By event id; an event without sales may be missing. */
  readonly events: ReadonlyMap<string, EventSales>;
  /** Recorded commits. */
  readonly commits: number;
  /** Distinct versions among them: of two commits with the same version, one was lost. */
  readonly versions: number;
  /** The highest version among them. */
  readonly newest?: number;
  /** The longest run of versions without a recorded commit; each crash may cost one. */
  readonly unrecordedRun?: number;
  /** What a server found damaged while it sold. */
  readonly damage?: string | undefined;
  /** What else contradicts the rules of a ticket's life, by kind. */
  readonly violations?: Readonly<Record<string, number>>;
  /** Lines that did not count. */
  readonly skipped: number;
  /** Whether nothing changed during the reading. */
  readonly settled: boolean;
}

/** Serials of one event that a commit sold; they are always consecutive. */
export const serialRange = z.object({ eventId: z.string(), first: z.int(), last: z.int() });

/** The public part of a chained commit: no customer, no order id. */
export const chainedCommit = z.object({
  seq: z.int().meta({ description: 'Counted in its chain; with postgres each event has a chain' }),
  prev: z.string().meta({ description: 'The hash of the line that it extends' }),
  pid: z
    .int()
    .optional()
    .meta({ description: 'Missing with postgres: processes of two machines can share a pid' }),
  at: z.string(),
  sold: z.array(serialRange),
});

/** A line of a store that chains its commits by their hashes. */
export const chainLine = z.object({
  counts: z
    .boolean()
    .meta({ description: 'Whether it is part of the chain; an overtaken or torn line is not' }),
  hash: z.string(),
  commit: chainedCommit.optional().meta({ description: 'Missing if the line is incomplete' }),
});

export type SerialRange = z.infer<typeof serialRange>;
export type ChainedCommit = z.infer<typeof chainedCommit>;
export type ChainLine = z.infer<typeof chainLine>;
