import type { EventSales, SalesHistory } from '../../booking/store.js';
import { stateOf } from './inventory-rows.js';
import type { Session } from './session.js';
import { type HistoryCounts, type InventoryRow, selectHistory } from './sql/reads.js';

/**
 * Everything that was sold, counted by the database. Each event has its own versions, so commits and
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
  return {
    state: stateOf(rows),
    events: new Map(events),
    commits: total('commits'),
    versions: total('versions'),
    skipped: total('unchained'),
    settled: true, // one statement sees one moment
  };
}
