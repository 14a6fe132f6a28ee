import type { EventDetails } from '../booking/inventory.js';
import type { Order } from '../booking/outcomes.js';
import { toOrder } from '../store/postgres/order-ids.js';
import { findOrder } from '../store/postgres/records.js';
import type { Session } from '../store/postgres/session.js';
import {
  type EventBehindRow,
  type MessageRow,
  selectEventsBehind,
  selectMessages,
} from '../store/postgres/sql/outbox.js';
import type { OrderRow } from '../store/postgres/sql/reads.js';
import type { MessagePage, MessageSource, ReadMessage } from './backend.js';
import {
  admissionData,
  eventData,
  holdData,
  type MessageContent,
  type MessageType,
  messageId,
  orderData,
} from './message.js';

/** Events of one read: the others follow with the next one. */
const EVENTS_MAX = 20;

/** Reads the commits of each event, from its position on. */
export class PostgresSource implements MessageSource {
  readonly #session: Session;
  /** Up to which commit each event was read, by its number. */
  readonly #read = new Map<number, number>();
  /** Whether there are events whose position was not read again: the rest of its commit is behind it. */
  #isBeginning = true;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(limit: number): Promise<MessagePage> {
    const behind = await this.#eventsBehind();
    const events = behind.slice(0, EVENTS_MAX);
    if (events.length === 0) return { messages: [], more: false };
    const wanted = events.map(({ event }) => ({ event, after: this.#readUpTo(event) }));
    const commits = Math.ceil(limit / events.length);
    const rows = await this.#session.rows<MessageRow>(selectMessages, [
      JSON.stringify(wanted),
      commits,
    ]);
    const messages = toMessages(rows, new Map(events.map(({ event, id }) => [event, id])));
    for (const { event, seq } of rows) this.#markRead(event, seq);
    const found = new Set(rows.map(({ event }) => event));
    // What is not found was not committed by a mode that keeps batches apart.
    for (const { event, seq } of events) if (!found.has(event)) this.#markRead(event, seq);
    return { messages, more: behind.some(({ event, seq }) => seq > this.#readUpTo(event)) };
  }

  order(orderId: string): Promise<Order | undefined> {
    return findOrder(this.#session, orderId);
  }

  async close(): Promise<void> {}

  /** The events that have commits that were not read. Those that were read last come last. */
  async #eventsBehind(): Promise<EventBehindRow[]> {
    const rows = await this.#session.rows<EventBehindRow>(selectEventsBehind, [this.#isBeginning]);
    for (const { event, version } of rows) {
      if (!this.#read.has(event)) this.#read.set(event, Math.max(0, version - 1));
    }
    const places = new Map([...this.#read.keys()].map((event, place) => [event, place]));
    const place = ({ event }: EventBehindRow) => places.get(event) ?? 0;
    const behind = rows.filter(({ event, seq }) => seq > this.#readUpTo(event));
    this.#isBeginning &&= behind.some(({ seq, version }) => seq === version);
    return behind.sort((one, other) => place(one) - place(other));
  }

  #readUpTo(event: number): number {
    return this.#read.get(event) ?? 0;
  }

  #markRead(event: number, seq: number): void {
    this.#read.delete(event); // a Map keeps insertion order: the event moves to the end
    this.#read.set(event, seq);
  }
}

function toMessages(
  rows: readonly MessageRow[],
  ids: ReadonlyMap<number, string>,
): readonly ReadMessage[] {
  const messages: ReadMessage[] = [];
  let [event, seq, index] = [0, 0, 0];
  for (const row of rows) {
    if (row.event !== event || row.seq !== seq) [event, seq, index] = [row.event, row.seq, 0];
    const { type, body } = row;
    if (type === null) continue;
    const eventId = ids.get(event) ?? '';
    const at = row.at.toISOString();
    const content = { type: type as MessageType, eventId, at };
    const id =
      type === 'hold.expired'
        ? messageId(type, (body as HoldBody).holdId)
        : messageId(eventId, row.hash, index);
    messages.push({ ...content, id, data: dataOf(content, body), position: [seq, index] });
    index++;
  }
  return messages;
}

interface HoldBody {
  readonly holdId: string;
  readonly quantity: number;
  readonly amount: number;
  readonly currency: string;
  readonly until: string;
}

function dataOf({ type, eventId, at }: Omit<MessageContent, 'data'>, body: unknown): object {
  switch (type) {
    case 'order.created':
    case 'order.cancelled':
      return orderData(toOrder(body as OrderRow));
    case 'hold.expired': {
      const { holdId, quantity, amount, currency, until } = body as HoldBody;
      const total = { amount, currency };
      const hold = { eventId, quantity, total, until: new Date(until).toISOString() };
      return holdData(holdId, hold);
    }
    case 'ticket.admitted':
      return admissionData({ ...(body as { serial: number; door: string }), eventId, at });
    case 'event.saved': {
      const details = body as EventDetails & { readonly revision: number };
      return eventData(eventId, details.revision, details);
    }
  }
}
