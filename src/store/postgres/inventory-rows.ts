import type { Holds, TicketEvent } from '../../booking/inventory.js';
import type { HoldRow } from './sql/holds.js';
import type { ClockedRow, InventoryRow } from './sql/reads.js';
import type { TakenRow } from './sql/tickets.js';
import { type Ranges, rangesOf } from './ticket-ranges.js';

/** What became of the tickets of an event. */
export interface TakenTickets {
  readonly cancelled: Ranges;
  readonly admitted: Ranges;
}

/** The tickets of one event among these. */
export const takenOf = (rows: readonly TakenRow[], event: number): TakenTickets => {
  const ranges = (kind: TakenRow['kind']) =>
    rangesOf(rows.filter((row) => row.event === event && row.kind === kind));
  return { cancelled: ranges('cancelled'), admitted: ranges('admitted') };
};

/** An event of the pure core, or `undefined` if it was removed or never saved. */
export function toEvent(row: InventoryRow, taken?: TakenTickets): TicketEvent | undefined {
  if (row.removed) return undefined;
  const { sales_from: salesFrom, sales_until: salesUntil } = row;
  const { cancelled = [], admitted = [] } = taken ?? {};
  return {
    name: row.name,
    venue: row.venue,
    startsAt: row.starts_at,
    price: { amount: row.amount, currency: row.currency },
    capacity: row.capacity,
    ...(salesFrom !== null && { salesFrom }),
    ...(salesUntil !== null && { salesUntil }),
    remaining: row.remaining,
    issued: row.issued,
    revision: row.revision,
    ...(cancelled.length > 0 && { cancelled }),
    ...(admitted.length > 0 && { admitted }),
  };
}

/** Holds by their ids, as the pure core knows them. */
export const toHolds = (rows: Iterable<HoldRow>, eventId: string): Holds =>
  Object.fromEntries(
    Array.from(rows, ({ id, customer, quantity, amount, currency, until }) => [
      id,
      { eventId, customer, quantity, total: { amount, currency }, until: until.toISOString() },
    ]),
  );

/** The number of commits of all these events. */
export const versionOf = (rows: readonly Pick<InventoryRow, 'seq'>[]): number =>
  rows.reduce((sum, { seq }) => sum + seq, 0);

/** The time of the newest commit of these events, in ISO 8601 and UTC. */
export function newestAt(rows: readonly Pick<InventoryRow, 'at'>[]): string | undefined {
  const newest = rows.reduce((latest, { at }) => Math.max(latest, at?.getTime() ?? 0), 0);
  return newest === 0 ? undefined : new Date(newest).toISOString();
}

/** The database's time when the last row was read, and never before the newest commit of one of them. */
export const clockOf = (rows: readonly ClockedRow[]): Date =>
  new Date(rows.reduce((time, { clock, at }) => Math.max(time, +clock, +(at ?? 0)), 0));
