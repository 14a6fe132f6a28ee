import { receiptsIn } from '../store/json/paths.js';
import { parseReceiptLine, type ReceiptLine, toOrder } from '../store/json/receipt-lines.js';
import { Receipts } from '../store/json/receipts.js';
import { LineReader } from '../store/shared/line-reader.js';
import { UserError } from '../user-error.js';
import type { MessagePage, MessageSource, ReadMessage } from './backend.js';
import { ExpiringHolds } from './expiring-holds.js';
import {
  admissionData,
  eventData,
  holdData,
  type MessageContent,
  messageId,
  orderData,
} from './message.js';
import type { Cursor } from './progress.js';

/** The end of the receipts of a folder. */
export async function endOfReceipts(folder: string): Promise<Cursor> {
  const receipts = await Receipts.open(receiptsIn(folder), false);
  try {
    return { offset: receipts.assertWhole() };
  } finally {
    await receipts.close();
  }
}

/**
 * Opens the receipts of a folder at a cursor.
 *
 * @param durable whether messages wait for a sync, as buyers do
 * @throws UserError when the cursor is not of these receipts
 */
export async function openJsonSource(
  folder: string,
  { offset }: Cursor,
  durable: boolean,
): Promise<MessageSource> {
  const receipts = await Receipts.open(receiptsIn(folder), durable);
  try {
    if (offset > receipts.assertWhole()) {
      throw new UserError(
        `${receipts.path} ends before byte ${offset}, up to which the outbox has delivered: it is an older one`,
      );
    }
    const holds = new ExpiringHolds();
    const lines = new LineReader(receipts.file);
    await skipTo(receipts, lines, offset, holds);
    return new JsonSource(receipts, lines, holds);
  } catch (error) {
    await receipts.close();
    throw error;
  }
}

/** Reads up to an offset, for the holds that were open there. Most lines have none, and are not parsed. */
async function skipTo(
  receipts: Receipts,
  lines: LineReader,
  until: number,
  holds: ExpiringHolds,
): Promise<void> {
  let last: number | undefined;
  await lines.readNewLines((bytes, offset) => {
    if (bytes.length === 0) return;
    last = offset;
    if (!bytes.includes('"holdId"')) return;
    const line = parseReceiptLine(bytes.toString('utf8'));
    if (line !== undefined) followHold(line, holds);
  }, until);
  const line = last === undefined ? undefined : await receipts.lineAt(last);
  if (line !== undefined) holds.takeDue(line.at);
}

function followHold(line: ReceiptLine, holds: ExpiringHolds): void {
  if (line.kind === 'held') {
    const { holdId, eventId, quantity, until } = line;
    holds.put(holdId, { eventId, quantity, until, total: line.total ?? noTotal });
  } else if (line.kind === 'released') holds.end(line.holdId);
  else if (line.kind === 'sold' && line.holdId !== undefined) holds.end(line.holdId);
}

const noTotal = { amount: 0, currency: '' };

interface Line {
  readonly line: ReceiptLine;
  readonly offset: number;
}

/** Reads `receipts.jsonl`. */
class JsonSource implements MessageSource {
  readonly #receipts: Receipts;
  readonly #lines: LineReader;
  readonly #holds: ExpiringHolds;

  constructor(receipts: Receipts, lines: LineReader, holds: ExpiringHolds) {
    this.#receipts = receipts;
    this.#lines = lines;
    this.#holds = holds;
  }

  async read(limit: number): Promise<MessagePage> {
    const found: Line[] = [];
    const more = await this.#lines.readWhile((bytes, offset) => {
      if (found.length >= limit) return false;
      const line = bytes.length === 0 ? undefined : parseReceiptLine(bytes.toString('utf8'));
      if (line !== undefined) found.push({ line, offset }); // else torn by a crash
      return true;
    });
    const messages: ReadMessage[] = [];
    for (const { line, offset } of found) messages.push(...(await this.#toMessages(line, offset)));
    // A receiver hears of nothing that a power cut could still take, as no buyer does.
    if (messages.length > 0) await this.#receipts.sync();
    return { messages, cursor: { offset: this.#lines.offset }, more };
  }

  async order(orderId: string) {
    return this.#receipts.find(orderId);
  }

  close(): Promise<void> {
    return this.#receipts.close();
  }

  async #toMessages(line: ReceiptLine, offset: number): Promise<ReadMessage[]> {
    const { at } = line;
    // A hold that ends by time is not always recorded: every commit ends those whose time is over.
    const expired = this.#holds.takeDue(at).map(([holdId, hold]) => ({
      id: messageId('hold.expired', holdId),
      type: 'hold.expired' as const,
      eventId: hold.eventId,
      at,
      data: holdData(holdId, hold),
    }));
    followHold(line, this.#holds);
    const own = await this.#contentOf(line);
    const id = messageId(line.commit, offset);
    const messages = own === undefined ? expired : [...expired, { id, ...own }];
    const resume = { offset };
    return messages.map((each, index) => ({ ...each, position: [offset, index], resume }));
  }

  async #contentOf(line: ReceiptLine): Promise<MessageContent | undefined> {
    const { at } = line;
    switch (line.kind) {
      case 'sold': {
        const { eventId } = line;
        return { type: 'order.created', eventId, at, data: orderData(toOrder(line)) };
      }
      case 'cancelled': {
        const { orderId, eventId, serials } = line;
        const order = await this.#receipts.find(orderId);
        const data = order === undefined ? { orderId, eventId, serials } : orderData(order);
        return { type: 'order.cancelled', eventId, at, data };
      }
      case 'admitted':
        return { type: 'ticket.admitted', eventId: line.eventId, at, data: admissionData(line) };
      case 'saved': {
        const { eventId, event } = line;
        const data = eventData(eventId, event.revision ?? 1, event);
        return { type: 'event.saved', eventId, at, data };
      }
      default:
        return undefined;
    }
  }
}
