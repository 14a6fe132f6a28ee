import { z } from 'zod';
import type { TicketState } from './inventory.js';
import type { Buy, BuyResult, Order } from './outcomes.js';

/** A committed state. `tag` differs whenever the state does. */
export interface Snapshot {
  readonly state: TicketState;
  readonly tag: string;
}

/** A batch that was decided and written. No buyer may be answered before `durable` resolves. */
export interface Sale {
  /** One for each buy, in the order of the batch. */
  readonly results: readonly BuyResult[];
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
   * Sells a batch. The caller holds the lock, if there is one, until this promise settles; it may
   * release the lock before `durable` resolves.
   *
   * @throws Fault `STORAGE` when a file cannot be read or written, `SYNC_FAILED` when a sync failed
   */
  sell(buys: readonly Buy[]): Promise<Sale>;
  /** The order with this id, or `undefined`. */
  find(orderId: string): Promise<Order | undefined>;
  /** Everything sold so far, counted, and the state that it should have led to. */
  history(): Promise<SalesHistory>;
  /** The newest commits, oldest first. Only a store that chains its commits has them. */
  recentCommits?(): Promise<readonly ChainLine[]>;
  close(): Promise<void>;
}

/** What was sold of one event, counted from what buyers were answered. */
export interface EventSales {
  /** Tickets sold; a serial that two buyers got counts twice. */
  readonly sold: number;
  /** Distinct serials among them. */
  readonly distinct: number;
  /** Distinct serials from 1 to the number of tickets that the state says were sold. */
  readonly withinSoldCount: number;
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
