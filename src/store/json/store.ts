import { setTimeout as sleep } from 'node:timers/promises';
import { decide } from '../../booking/decide.js';
import type { SalesHistory } from '../../booking/history.js';
import type { Buy, Order } from '../../booking/outcomes.js';
import type { EmitStep } from '../../booking/steps.js';
import type { Sale, Snapshot, Store } from '../../booking/store.js';
import { JsonHistory } from './history.js';
import type { Receipts } from './receipts.js';
import type { TicketFile } from './ticket-file.js';

/** What was read is durable already. */
const nothingNew = Promise.resolve();

/** One JSON file is the truth: `tickets.json`. What buyers were told is noted in `receipts.jsonl`. */
export class JsonStore implements Store {
  readonly remembersKeys = false;
  readonly #tickets: TicketFile;
  readonly #receipts: Receipts;
  readonly #raceWindowMs: number;
  readonly #evidence: JsonHistory;

  constructor(tickets: TicketFile, receipts: Receipts, raceWindowMs: number) {
    this.#tickets = tickets;
    this.#receipts = receipts;
    this.#raceWindowMs = raceWindowMs;
    this.#evidence = new JsonHistory(tickets.path, receipts.path);
  }

  /**
   * The critical section: read, decide, write. Between the read and the write another process may
   * do the same, unless a lock around this method keeps it out. Then both work from one number:
   *
   *     worker 1   read "3 left"                sell serial 98   write "2 left"
   *     worker 2         read "3 left"                sell serial 98   write "2 left"
   *
   * Two people hold ticket 98. The file says that one ticket was sold: the first update is lost.
   * Nothing here is at fault but the missing lock. No line is slow, random or staged.
   */
  async sell(buys: readonly Buy[], emit: EmitStep): Promise<Sale> {
    const before = await this.#tickets.read(); // "3 left"
    emit('loaded', { version: before.version });

    // Any `await` will do for the race. A pause only makes it easier to see (RACE_WINDOW_MS).
    if (this.#raceWindowMs > 0) await sleep(this.#raceWindowMs);
    emit('paused');

    const { outcomes, after } = decide(before, buys); // "mine is number 98, 2 left"
    emit('decided', { version: after.version });
    if (after === before)
      return { results: await this.#receipts.note(outcomes), durable: nothingNew };

    await this.#tickets.replace(after); // whoever writes last wins
    emit('replaced', { version: after.version });

    const results = await this.#receipts.note(outcomes); // what the buyers are told, the evidence
    emit('appended');
    return { results, durable: this.#receipts.sync() };
  }

  search(): Promise<Snapshot> {
    return this.#tickets.snapshot();
  }

  find(orderId: string): Promise<Order | undefined> {
    return this.#receipts.find(orderId);
  }

  history(): Promise<SalesHistory> {
    return this.#evidence.read();
  }

  close(): Promise<void> {
    return this.#receipts.close();
  }
}
