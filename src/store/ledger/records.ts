import { eventOf } from '../../booking/inventory.js';
import { includesSerial } from '../../booking/serial-ranges.js';
import {
  type EndedHold,
  type OrdersPage,
  type OrdersQuery,
  type PlacedOrder,
  type Ticket,
  UnknownCursorError,
} from '../../booking/store.js';
import { LineReader, type ReadableFile } from '../shared/line-reader.js';
import { Chain, type Head } from './chain.js';
import type { Ledger } from './ledger.js';
import type { Commit } from './ledger-line.js';
import { readGenesis } from './load.js';
import { isSale, toOrder } from './ops.js';
import type { OrderIds } from './order-ids.js';
import type { OpAt } from './recent-ops.js';
import { TicketIndex } from './ticket-index.js';

/** Answers questions about what was done, from the counted lines of a ledger that was caught up. */
export class Records {
  readonly #file: ReadableFile;
  readonly #ledger: Pick<Ledger, 'commitAt' | 'findEnd' | 'head' | 'state'>;
  readonly #ids: OrderIds;
  readonly #tickets: TicketIndex;

  constructor(
    file: ReadableFile,
    ledger: Pick<Ledger, 'commitAt' | 'findEnd' | 'head' | 'state'>,
    ids: OrderIds,
  ) {
    this.#file = file;
    this.#ledger = ledger;
    this.#ids = ids;
    this.#tickets = new TicketIndex(file, () => ledger.head.end);
  }

  /** How a hold ended, if that was one of the newest operations. */
  async findEndedHold(holdId: string): Promise<EndedHold | undefined> {
    const found = this.#ledger.findEnd(holdId);
    if (found?.end !== 'confirmed') return found;
    const { commit } = await this.#read(found.op.offset);
    return { end: 'confirmed', order: this.#toOrder(commit, found.op) };
  }

  /** The order that a ticket belongs to, and its admission. */
  async findTicket(eventId: string, serial: number): Promise<Ticket | undefined> {
    const event = eventOf(this.#ledger.state, eventId);
    if (event === undefined || serial < 1 || serial > event.issued) return undefined;
    const isAdmitted = includesSerial(event.admitted ?? [], serial);
    await this.#tickets.follow();
    const offset = this.#tickets.soldAt(eventId, serial);
    if (offset === undefined) return undefined; // sold before this ledger began
    const { commit } = await this.#read(offset);
    const index = commit.ops.findIndex(
      (op) =>
        isSale(op) && op.event === eventId && op.first <= serial && serial < op.first + op.quantity,
    );
    if (index === -1) return undefined;
    const order = this.#toOrder(commit, { offset, index });
    return isAdmitted ? { order, admission: await this.#admission(eventId, serial) } : { order };
  }

  /**
   * A page of orders, in the order of the ledger. The cursor is the id of the last order of the page
   * before: only this ledger can have made it, and its line counts.
   *
   * @throws UnknownCursorError for another cursor
   */
  async orders({ eventId, after, limit }: OrdersQuery): Promise<OrdersPage> {
    const { head: end } = this.#ledger;
    const { head, from } = await this.#begin(after);
    const chain = new Chain(head, 1);
    const orders: PlacedOrder[] = [];
    const addOrders = (commit: Commit, offset: number): boolean => {
      for (const [index, op] of commit.ops.entries()) {
        if (!isSale(op) || (offset === from.offset && index <= from.index)) continue;
        if (eventId !== undefined && op.event !== eventId) continue;
        if (orders.length === limit) return false;
        orders.push({ ...this.#toOrder(commit, { offset, index }), at: commit.at });
      }
      return true;
    };
    const lines = new LineReader(this.#file, head.end);
    const isPartial = await lines.readWhile((line, offset) => {
      const counted = chain.take(line, offset);
      return counted === undefined || addOrders(counted.commit, offset);
    }, end.end);
    const next = orders.at(-1)?.orderId;
    return isPartial && next !== undefined ? { orders, next } : { orders };
  }

  /** The head before the line of a cursor, and the operation after which the page begins. */
  async #begin(after: string | undefined): Promise<{ head: Head; from: OpAt }> {
    if (after === undefined) {
      const { head } = await readGenesis(this.#file);
      return { head, from: { offset: -1, index: -1 } };
    }
    const named = this.#ids.read(after);
    const line = named && (await this.#ledger.commitAt(named.sale.offset));
    if (named === undefined || line === undefined || !named.isIn(line.commit)) {
      throw new UnknownCursorError();
    }
    const { seq, prev } = line.commit;
    return {
      head: { seq: seq - 1, hash: prev, end: named.sale.offset },
      from: named.sale,
    };
  }

  async #admission(eventId: string, serial: number): Promise<{ at: string; door: string }> {
    const { commit } = await this.#read(this.#tickets.admittedAt(eventId, serial) ?? 0);
    const { at } = commit;
    for (const op of commit.ops) {
      if (op.op === 'admit' && op.event === eventId && op.serial === serial) {
        return { at, door: op.door };
      }
    }
    throw new Error(`no admission of ticket ${serial} of ${eventId}`);
  }

  async #read(offset: number): Promise<{ readonly commit: Commit }> {
    const line = await this.#ledger.commitAt(offset);
    if (line === undefined) throw new Error(`no line at byte ${offset}`);
    return line;
  }

  #toOrder(commit: Commit, sale: OpAt) {
    const op = commit.ops[sale.index];
    if (op === undefined || !isSale(op)) throw new Error(`no sale at byte ${sale.offset}`);
    return toOrder(op, commit, this.#ids.make(sale, commit));
  }
}
