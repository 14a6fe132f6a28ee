import { decide } from '../../booking/decide.js';
import type { Buy, Order } from '../../booking/outcomes.js';
import type { Sale, SalesHistory, Snapshot, Store } from '../../booking/store.js';
import type { JsonHistory } from './history.js';
import type { Receipts } from './receipts.js';
import type { TicketFile } from './ticket-file.js';

export interface JsonStoreOptions {
  /** `tickets.json`: how many tickets of each event remain. */
  readonly tickets: Pick<TicketFile, 'read' | 'replace' | 'snapshot'>;
  /** `receipts.jsonl`: what each buyer was told. */
  readonly receipts: Pick<Receipts, 'append' | 'find' | 'close'>;
  /** Waits `RACE_WINDOW_MS`. By default that is 0: the race needs no pause, only luck. */
  readonly pause: () => Promise<void>;
  readonly history: Pick<JsonHistory, 'read'>;
}

/** Sells from one JSON file, `tickets.json`. */
export class JsonStore implements Store {
  readonly remembersKeys = false;
  readonly #tickets: JsonStoreOptions['tickets'];
  readonly #receipts: JsonStoreOptions['receipts'];
  readonly #pause: JsonStoreOptions['pause'];
  readonly #history: JsonStoreOptions['history'];

  constructor({ tickets, receipts, pause, history }: JsonStoreOptions) {
    this.#tickets = tickets;
    this.#receipts = receipts;
    this.#pause = pause;
    this.#history = history;
  }

  /**
   * The critical section: read, decide, write. Between the read and the write, another process may do
   * the same, unless a lock around this method keeps it out. Then both start from the same number:
   *
   *     worker 1   read "3 left"                sell ticket 98   write "2 left"
   *     worker 2         read "3 left"                sell ticket 98   write "2 left"
   *
   * Two buyers have ticket 98, and the file says that one ticket was sold. The second write erased
   * the first: a lost update. Every line here is correct. What is missing is the lock.
   */
  async sell(buys: readonly Buy[]): Promise<Sale> {
    const before = await this.#tickets.read(); // "3 left"
    await this.#pause(); // RACE_WINDOW_MS
    const { outcomes, after, sells } = decide(before, buys); // "ticket 98 is sold, 2 left"
    if (sells) await this.#tickets.replace(after); // the last writer wins
    return this.#receipts.append(outcomes); // what the buyers are told, once it is durable
  }

  search(): Promise<Snapshot> {
    return this.#tickets.snapshot();
  }

  find(orderId: string): Promise<Order | undefined> {
    return this.#receipts.find(orderId);
  }

  history(): Promise<SalesHistory> {
    return this.#history.read();
  }

  close(): Promise<void> {
    return this.#receipts.close();
  }
}
