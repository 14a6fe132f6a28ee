import type { ChainLine } from './chain-line.js';
import type { SalesHistory } from './history.js';
import type { TicketState } from './inventory.js';
import type { Buy, BuyResult, Order } from './outcomes.js';
import type { EmitStep } from './steps.js';

/** A committed state. `tag` differs whenever the state does. */
export interface Snapshot {
  readonly state: TicketState;
  readonly tag: string;
}

/** A decided batch. Nobody may be told before `durable` resolves. */
export interface Sale {
  /** One for each buy, in the batch's order. */
  readonly results: readonly BuyResult[];
  readonly durable: Promise<void>;
}

/**
 * Where tickets are kept. It says what is wanted, never `read` and `write`: a port with those two
 * verbs invites every caller to lose an update between them.
 */
export interface Store {
  /** Whether the same idempotency key gives the same sale again. */
  readonly remembersKeys: boolean;
  /** The newest committed state, never older than what any buyer was told before the call. */
  search(): Promise<Snapshot>;
  /**
   * Sells a batch. The caller holds the lock, if there is one, until the promise settles; it may
   * let go before `durable` does.
   *
   * @throws Fault `STORAGE` when a file cannot be read or written, `SYNC_FAILED` when a sync failed.
   */
  sell(buys: readonly Buy[], emit: EmitStep): Promise<Sale>;
  /** The order with this id, or `undefined`. */
  find(orderId: string): Promise<Order | undefined>;
  /** All that was sold so far, counted, beside the state that it led to. */
  history(): Promise<SalesHistory>;
  /** The newest lines, oldest first; only a store that chains its commits has them. */
  recentCommits?(): Promise<readonly ChainLine[]>;
  close(): Promise<void>;
}
