import type { EventSales, SalesHistory } from '../../booking/store.js';
import { FullState } from './full-state.js';
import type { Session } from './session.js';
import { type HistoryCounts, type InventoryRow, selectHistory } from './sql/reads.js';

/**
 * Everything that was sold, counted by the database, in a transaction that sees one moment. Each event has its own versions, so commits and
 * versions are counted per event and added up.
 */
export async function readHistory(session: Session): Promise<SalesHistory> {
  const rows = await session.rows<InventoryRow & HistoryCounts>(selectHistory);
  const total = (name: 'commits' | 'versions' | 'unchained') =>
    rows.reduce((sum, row) => sum + row[name], 0);
  const events = rows.map((row): [string, EventSales] => [
    row.id,
    { sold: row.sold, distinct: row.distinct_serials, withinSoldCount: row.within_sold_count },
  ]);
  const { state } = await new FullState(false).readWithin(session);
  return {
    state,
    events: new Map(events),
    commits: total('commits'),
    versions: total('versions'),
    skipped: total('unchained'),
    settled: true, // it was read at one moment
  };
}
