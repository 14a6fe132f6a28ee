import type { Order } from '../../booking/outcomes.js';
import {
  type EndedHold,
  type OrdersPage,
  type OrdersQuery,
  type PlacedOrder,
  type Ticket,
  UnknownCursorError,
} from '../../booking/store.js';
import { isText } from './batch-events.js';
import { parseOrderId, toOrder } from './order-ids.js';
import type { Session } from './session.js';
import { selectHoldEnd } from './sql/holds.js';
import { type OrderRow, selectOrder, selectOrderOfHold } from './sql/reads.js';
import { selectOrders, selectOrdersOfEvent, selectTicket } from './sql/tickets.js';

/** PostgreSQL's largest integer. */
const INTEGER_MAX = 2 ** 31 - 1;

/** The order with this id. */
export async function findOrder(session: Session, orderId: string): Promise<Order | undefined> {
  const key = parseOrderId(orderId);
  if (key === undefined) return undefined;
  const values = [key.event, key.first, key.token];
  const [found] = await session.rows<OrderRow>(selectOrder, values);
  return found && toOrder(found);
}

/** How a hold ended that does not count any more. */
export async function findEndedHold(
  session: Session,
  holdId: string,
): Promise<EndedHold | undefined> {
  if (!isText(holdId)) return undefined;
  const [hold] = await session.rows<{ ended: string | null }>(selectHoldEnd, [holdId]);
  if (hold === undefined || hold.ended === null) return undefined;
  if (hold.ended !== 'confirmed') return { end: hold.ended as 'released' | 'expired' };
  const [order] = await session.rows<OrderRow>(selectOrderOfHold, [holdId]);
  return order && { end: 'confirmed', order: toOrder(order) };
}

type TicketRow = OrderRow & { readonly at: Date | null; readonly door: string };

/** The order that a ticket belongs to, and its admission. */
export async function findTicket(
  session: Session,
  eventId: string,
  serial: number,
): Promise<Ticket | undefined> {
  if (!isText(eventId) || !(serial >= 1 && serial <= INTEGER_MAX)) return undefined;
  const [found] = await session.rows<TicketRow>(selectTicket, [eventId, serial]);
  if (found === undefined) return undefined;
  const { at, door } = found;
  const order = toOrder(found);
  return at === null ? { order } : { order, admission: { at: at.toISOString(), door } };
}

type PageRow = OrderRow & { readonly at: Date; readonly position: string };

/** A page of orders that begins after a position. */
export async function readOrders(
  session: Session,
  { eventId, limit }: Pick<OrdersQuery, 'eventId' | 'limit'>,
  { commit, first, token }: Position,
): Promise<OrdersPage> {
  if (eventId !== undefined && !isText(eventId)) return { orders: [] };
  const rows =
    eventId === undefined
      ? await session.rows<PageRow>(selectOrders, [commit, first, token, limit + 1])
      : await session.rows<PageRow>(selectOrdersOfEvent, [eventId, first, token, limit + 1]);
  const orders = rows
    .slice(0, limit)
    .map((row): PlacedOrder => ({ ...toOrder(row), at: row.at.toISOString() }));
  const last = rows[limit - 1];
  if (rows.length <= limit || last === undefined) return { orders };
  return { orders, next: `${last.position}.${last.token}` };
}

/** Where a page ends: the number of the commit (0 in the pages of one event), the serial, the token. */
interface Position {
  readonly commit: string;
  readonly first: number;
  readonly token: string;
}

const start: Position = { commit: '0', first: 0, token: '' };

/**
 * The position that a cursor names; without one, the first.
 *
 * @throws UnknownCursorError
 */
export function positionOf(cursor: string | undefined): Position {
  if (cursor === undefined) return start;
  const [, commit, serial, token] = /^(\d{1,18})\.(\d{1,10})\.([\w-]{16})$/.exec(cursor) ?? [];
  const first = Number(serial);
  if (commit === undefined || token === undefined || first > INTEGER_MAX) {
    throw new UnknownCursorError();
  }
  return { commit, first, token };
}
