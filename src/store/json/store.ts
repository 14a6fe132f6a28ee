import type { Command } from '../../booking/commands.js';
import { decide } from '../../booking/decide.js';
import type { Order } from '../../booking/outcomes.js';
import type {
  EndedHold,
  OrdersPage,
  OrdersQuery,
  Sale,
  SalesHistory,
  Snapshot,
  Store,
  Ticket,
} from '../../booking/store.js';
import type { JsonHistory } from './history.js';
import type { Receipts } from './receipts.js';
import type { Records } from './records.js';
import type { TicketFile } from './ticket-file.js';

export interface JsonStoreOptions {
  /** `tickets.json`: how many tickets of each event remain. */
  readonly tickets: Pick<TicketFile, 'read' | 'replace' | 'snapshot'>;
  /** `receipts.jsonl`: what each client was told. */
  readonly receipts: Pick<Receipts, 'append' | 'find' | 'close'>;
  /** Waits `RACE_WINDOW_MS`. The race happens without it; a pause makes it easier to watch. */
  readonly pause: () => Promise<void>;
  /** The time, in ISO 8601 and UTC. */
  readonly now: () => string;
  readonly records: Pick<Records, 'findEndedHold' | 'findTicket' | 'orders'>;
  readonly history: Pick<JsonHistory, 'read'>;
}

/** Sells from one JSON file, `tickets.json`. */
export class JsonStore implements Store {
  readonly remembersKeys = false;
  readonly #tickets: JsonStoreOptions['tickets'];
  readonly #receipts: JsonStoreOptions['receipts'];
  readonly #pause: JsonStoreOptions['pause'];
  readonly #now: JsonStoreOptions['now'];
  readonly #options: JsonStoreOptions;

  constructor(options: JsonStoreOptions) {
    this.#tickets = options.tickets;
    this.#receipts = options.receipts;
    this.#pause = options.pause;
    this.#now = options.now;
    this.#options = options;
  }

  /**
   * The critical section: read, decide, write. The caller holds the lock (booking/batch-queue.ts), so one
   * call runs at a time, in all processes together. With `LOCK_MODE=off` no lock is held, and another call,
   * in this process or in another one, may run between the read and the write. Of 100 tickets 3 are left, and
   * each call sells one (a call may sell to several buyers at once):
   *
   *     time →
   *     call 1   read "3 left"                sell ticket 98   write "2 left"
   *     call 2         read "3 left"                sell ticket 98   write "2 left"
   *
   * Two buyers have ticket 98, and the file went down by one, not by two: the second write erased the
   * first, a lost update. Each call is correct by itself. What is missing is the lock.
   */
  async sell(commands: readonly Command[]): Promise<Sale> {
    const before = await this.#tickets.read(); // the whole file: "3 left"
    await this.#pause(); // RACE_WINDOW_MS, by default 0
    const { outcomes, changed, after, at } = decide(before, commands, this.#now()); // "ticket 98 is sold, 2 left"
    if (changed) await this.#tickets.replace(after); // takes long; others read the old file meanwhile
    return this.#receipts.append(outcomes, at); // the answers, which buyers get once they are on the disk
  }

  search(): Promise<Snapshot> {
    return this.#tickets.snapshot();
  }

  find(orderId: string): Promise<Order | undefined> {
    return this.#receipts.find(orderId);
  }

  findEndedHold(holdId: string): Promise<EndedHold | undefined> {
    return this.#options.records.findEndedHold(holdId);
  }

  findTicket(eventId: string, serial: number): Promise<Ticket | undefined> {
    return this.#options.records.findTicket(eventId, serial);
  }

  orders(query: OrdersQuery): Promise<OrdersPage> {
    return this.#options.records.orders(query);
  }

  history(): Promise<SalesHistory> {
    return this.#options.history.read();
  }

  close(): Promise<void> {
    return this.#receipts.close();
  }
}
