import type { TicketState } from './inventory.js';

/** What was sold of one event, as far as buyers were told. */
export interface EventSales {
  /** Tickets that buyers were told are theirs, each as often as it was told. */
  readonly sold: number;
  /** Different serials among them. */
  readonly distinct: number;
  /** Different serials from 1 to the number of tickets that the state says are gone. */
  readonly withinSoldCount: number;
}

/** The evidence of a store, counted: what a verdict is made from. */
export interface SalesHistory {
  readonly state: TicketState;
  /** By event id; an event that nothing was sold of may be missing. */
  readonly events: ReadonlyMap<string, EventSales>;
  /** Commits that were noted. */
  readonly commits: number;
  /** Different versions among them; two commits that made the same version lost one of the two. */
  readonly versions: number;
  /** Lines that did not count. */
  readonly skipped: number;
  /** Whether the evidence stood still while it was read. */
  readonly settled: boolean;
}
