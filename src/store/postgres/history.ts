import type { TicketState } from '../../booking/inventory.js';
import type { EventSales, SalesHistory } from '../../booking/store.js';
import { countMiscounted, type LifecycleViolations } from '../../verdict/lifecycle.js';
import { FullState } from './full-state.js';
import type { Session } from './session.js';
import { type LifecycleRow, selectLifecycle } from './sql/lifecycle.js';
import { type HistoryCounts, type InventoryRow, selectHistory } from './sql/reads.js';

/**
 * Everything that was done, counted by the database in a transaction that sees one moment. Each event has
 * its own versions, so commits and versions are counted per event and added up.
 */
export async function readHistory(session: Session): Promise<SalesHistory> {
  const rows = await session.rows<InventoryRow & HistoryCounts>(selectHistory);
  const lifecycle = await session.rows<LifecycleRow>(selectLifecycle);
  const { state } = await new FullState(false).readWithin(session);
  const total = (name: 'commits' | 'versions' | 'unchained') =>
    rows.reduce((sum, row) => sum + row[name], 0);
  const cancelledOf = new Map(lifecycle.map((each) => [each.event_id, each.cancelled]));
  const events = rows.map((row): [string, EventSales] => [
    row.id,
    {
      sold: row.sold,
      distinct: row.distinct_serials,
      withinSoldCount: row.within_sold_count,
      cancelled: cancelledOf.get(row.id) ?? 0,
    },
  ]);
  return {
    state,
    events: new Map(events),
    commits: total('commits'),
    versions: total('versions'),
    violations: violationsOf(lifecycle, state),
    skipped: total('unchained'),
    settled: true, // it was read at one moment
  };
}

function violationsOf(rows: readonly LifecycleRow[], state: TicketState): LifecycleViolations {
  const total = (name: Exclude<keyof LifecycleRow, 'event_id'>) =>
    rows.reduce((sum, row) => sum + row[name], 0);
  const counts: Required<LifecycleViolations> = {
    cancelledTwice: total('cancelledTwice'),
    admittedTwice: total('admittedTwice'),
    admittedCancelled: total('admittedCancelled'),
    endedTwice: total('endedTwice'),
    confirmedLate: total('confirmedLate'),
    lostEdits: total('lostEdits'),
    notShown: total('notShown'),
    miscounted: countMiscounted(state),
  };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
