import { ERASED } from '../../booking/outcomes.js';
import {
  type EndedHold,
  type OrdersPage,
  type OrdersQuery,
  type PlacedOrder,
  type Ticket,
  UnknownCursorError,
} from '../../booking/store.js';
import { LineReader } from '../shared/line-reader.js';
import type { ReceiptIndex } from './receipt-index.js';
import { parseReceiptLine, type ReceiptLine, toOrder } from './receipt-lines.js';
import type { Receipts } from './receipts.js';

/** Answers questions about what was done, from `receipts.jsonl`. */
export class Records {
  readonly #receipts: Pick<Receipts, 'lineAt' | 'file'>;
  readonly #index: ReceiptIndex;

  constructor(receipts: Pick<Receipts, 'lineAt' | 'file'>, index: ReceiptIndex) {
    this.#receipts = receipts;
    this.#index = index;
  }

  /** How a hold ended that is not in the tickets any more. */
  async findEndedHold(holdId: string): Promise<EndedHold | undefined> {
    await this.#index.follow();
    const hold = this.#index.hold(holdId);
    if (hold === undefined) return undefined;
    if (hold.end === undefined) return { end: 'expired' };
    if (hold.end.kind === 'released') return { end: 'released' };
    const line = await this.#receipts.lineAt(hold.end.offset);
    return line?.kind === 'sold' ? { end: 'confirmed', order: toOrder(line) } : undefined;
  }

  /** The order that a ticket belongs to, and its admission. */
  async findTicket(eventId: string, serial: number): Promise<Ticket | undefined> {
    await this.#index.follow();
    const { sale, admission } = this.#index.ticket(eventId, serial);
    const sold = sale === undefined ? undefined : await this.#receipts.lineAt(sale);
    if (sold?.kind !== 'sold' || !sold.serials.includes(serial)) return undefined;
    const admitted = admission === undefined ? undefined : await this.#receipts.lineAt(admission);
    if (admitted?.kind !== 'admitted') return { order: toOrder(sold) };
    return { order: toOrder(sold), admission: { at: admitted.at, door: admitted.door } };
  }

  /**
   * A page of orders, in the order of the file. The cursor is where its first line begins.
   *
   * @throws UnknownCursorError
   */
  async orders({ eventId, after, limit }: OrdersQuery): Promise<OrdersPage> {
    const orders: PlacedOrder[] = [];
    const from = after === undefined ? 0 : await this.#offsetOf(after);
    const lines = new LineReader(this.#receipts.file, from);
    const isPartial = await lines.readWhile((bytes) => {
      const line: ReceiptLine | undefined =
        bytes.length === 0 ? undefined : parseReceiptLine(bytes.toString('utf8'));
      if (line?.kind !== 'sold' || (eventId !== undefined && line.eventId !== eventId)) return true;
      if (orders.length === limit) return false;
      orders.push({ ...toOrder(line), customer: line.customer || ERASED, at: line.at });
      return true;
    });
    return isPartial ? { orders, next: lines.offset.toString(36) } : { orders };
  }

  /** Where a line begins, as a client says. (Node ends the process at an offset that is no number.) */
  async #offsetOf(cursor: string): Promise<number> {
    const offset = /^[1-9a-z][0-9a-z]{0,9}$/.test(cursor) ? Number.parseInt(cursor, 36) : 0;
    const before = Buffer.alloc(1);
    if (offset > 0) await this.#receipts.file.read(before, 0, 1, offset - 1);
    if (before.toString() !== '\n') throw new UnknownCursorError();
    return offset;
  }
}
