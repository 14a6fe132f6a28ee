import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import { eventOf, type TicketState } from './inventory.js';
import type { Order } from './outcomes.js';
import { includesSerial } from './serial-ranges.js';
import type { PlacedOrder, Store } from './store.js';

/** Orders that are read at once. */
const PAGE = 500;

const columns = [
  'orderId',
  'eventId',
  'customer',
  'quantity',
  'serials',
  'total',
  'currency',
  'status',
  'soldAt',
];

/** Whether the tickets of an order are valid or were cancelled: all of them, or none. */
export function statusOf(
  { eventId, serials }: Pick<Order, 'eventId' | 'serials'>,
  state: TicketState,
): 'valid' | 'cancelled' {
  const cancelled = eventOf(state, eventId)?.cancelled ?? [];
  return includesSerial(cancelled, serials[0] ?? 0) ? 'cancelled' : 'valid';
}

/** All orders, or those of one event, in the order in which they were sold; read page by page. */
export async function* allOrders(
  store: Pick<Store, 'orders'>,
  eventId?: string,
): AsyncGenerator<PlacedOrder> {
  let after: string | undefined;
  do {
    const page = await store.orders({ eventId, after, limit: PAGE });
    yield* page.orders;
    after = page.next;
  } while (after !== undefined);
}

/**
 * Orders as a stream of CSV (RFC 4180), with a header. A text that a spreadsheet would take for a
 * formula begins with an apostrophe.
 */
export function ordersCsv(orders: AsyncIterable<PlacedOrder>, state: TicketState): Readable {
  const csv = stringify({
    header: true,
    columns,
    record_delimiter: 'windows', // CR LF
    escape_formulas: true,
    quoted_match: /[\r\n]/, // it quotes the delimiter of records alone
  });
  const rows = Readable.from(rowsOf(orders, state));
  rows.once('error', (error) => csv.destroy(error));
  csv.once('close', () => rows.destroy());
  return rows.pipe(csv);
}

async function* rowsOf(orders: AsyncIterable<PlacedOrder>, state: TicketState) {
  for await (const order of orders) {
    const { orderId, eventId, customer, quantity, serials, total, at } = order;
    yield {
      orderId,
      eventId,
      customer,
      quantity,
      serials: serials.join(' '),
      total: total?.amount,
      currency: total?.currency,
      status: statusOf(order, state),
      soldAt: at,
    };
  }
}
