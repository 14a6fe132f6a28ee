import type { TicketEvent, TicketState } from '../../booking/inventory.js';
import type { InventoryRow } from './sql/reads.js';

const toEvent = (row: InventoryRow): TicketEvent => ({
  name: row.name,
  venue: row.venue,
  startsAt: row.starts_at,
  price: { amount: row.amount, currency: row.currency },
  capacity: row.capacity,
  remaining: row.remaining,
  issued: row.capacity - row.remaining,
  revision: 1,
});

/** The number of commits of all these events. */
export const versionOf = (rows: readonly InventoryRow[]): number =>
  rows.reduce((sum, { seq }) => sum + seq, 0);

/** The state of all these events. */
export function stateOf(rows: readonly InventoryRow[]): TicketState {
  const events = rows.map((row) => [row.id, toEvent(row)] as const);
  return { version: versionOf(rows), events: Object.fromEntries(events) };
}
