import {
  eventOf,
  liveCount,
  type TicketEvent,
  type TicketState,
  takenCount,
} from '../booking/inventory.js';
import type { SerialRanges } from '../booking/serial-ranges.js';
import { BitSet } from './bit-set.js';

/** What can be wrong with the life of tickets after they were sold, each described for people. */
export const lifecycleViolations = {
  cancelledTwice: 'tickets put back on sale twice',
  admittedTwice: 'tickets that let somebody in twice',
  admittedCancelled: 'cancelled tickets that let somebody in',
  endedTwice: 'holds that ended twice',
  confirmedLate: 'holds confirmed after their time',
  lostEdits: 'edits of an event that another one overwrote',
  notShown: 'answered changes that the tickets do not show',
  miscounted: 'events whose tickets do not add up',
} as const;

export type LifecycleViolation = keyof typeof lifecycleViolations;
export type LifecycleViolations = Readonly<Partial<Record<LifecycleViolation, number>>>;

interface HoldOnRecord {
  readonly eventId: string;
  readonly until: string;
  ended: boolean;
}

/** Tickets of one event, each in the set once, and how often one was put there again. */
interface Marked {
  readonly serials: BitSet;
  again: number;
}

/** Compares what clients were answered about holds, cancellations, admissions and edits. */
export class Lifecycle {
  readonly #holds = new Map<string, HoldOnRecord>();
  readonly #cancelled = new Map<string, Marked>();
  readonly #admitted = new Map<string, Marked>();
  /** By event: the revisions that editors were told. */
  readonly #revisions = new Map<string, Marked>();
  #endedTwice = 0;
  #confirmedLate = 0;

  /** @param until when it no longer counts, in ISO 8601 and UTC */
  hold(holdId: string, eventId: string, until: string): void {
    this.#holds.set(holdId, { eventId, until, ended: false });
  }

  /** @param at when it was sold */
  confirm(holdId: string, at: string): void {
    const hold = this.#end(holdId);
    if (hold !== undefined && at >= hold.until) this.#confirmedLate++;
  }

  /** The hold was released, or its time was over. */
  release(holdId: string): void {
    this.#end(holdId);
  }

  cancel(eventId: string, serials: readonly number[]): void {
    for (const serial of serials) mark(this.#cancelled, eventId, serial);
  }

  admit(eventId: string, serial: number): void {
    mark(this.#admitted, eventId, serial);
  }

  save(eventId: string, revision: number): void {
    mark(this.#revisions, eventId, revision);
  }

  /** An event without tickets was removed; its id may be used again. */
  remove(eventId: string): void {
    this.#revisions.delete(eventId);
  }

  /** How many different tickets of an event were cancelled. */
  cancelledOf(eventId: string): number {
    return this.#cancelled.get(eventId)?.serials.size ?? 0;
  }

  /**
   * What is wrong; empty if nothing is.
   *
   * @param settled whether the state is of the same moment as what was recorded
   */
  violations(state: TicketState, settled: boolean): LifecycleViolations {
    const counts: Record<LifecycleViolation, number> = {
      cancelledTwice: timesAgain(this.#cancelled),
      admittedTwice: timesAgain(this.#admitted),
      admittedCancelled: 0,
      endedTwice: this.#endedTwice,
      confirmedLate: this.#confirmedLate,
      lostEdits: timesAgain(this.#revisions),
      notShown: 0,
      miscounted: 0,
    };
    for (const [id, { serials }] of this.#admitted) {
      counts.admittedCancelled += serials.countIn(this.#cancelled.get(id)?.serials);
    }
    if (settled) {
      counts.notShown = this.#countNotShown(state);
      counts.miscounted = countMiscounted(state);
    }
    return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  }

  #end(holdId: string): HoldOnRecord | undefined {
    const hold = this.#holds.get(holdId);
    if (hold?.ended) this.#endedTwice++;
    if (hold !== undefined) hold.ended = true;
    return hold;
  }

  #countNotShown(state: TicketState): number {
    let count = 0;
    for (const [id, hold] of this.#holds) {
      const isOver = hold.ended || hold.until <= (state.at ?? '');
      if (!isOver && state.holds?.[id] === undefined) count++;
    }
    for (const [id, { serials }] of this.#cancelled) {
      count += serials.size - countInRanges(serials, eventOf(state, id)?.cancelled);
    }
    for (const [id, { serials }] of this.#admitted) {
      count += serials.size - countInRanges(serials, eventOf(state, id)?.admitted);
    }
    for (const [id, { serials }] of this.#revisions) {
      if (!serials.has(eventOf(state, id)?.revision ?? 0)) count++;
    }
    return count;
  }
}

function mark(marks: Map<string, Marked>, eventId: string, serial: number): void {
  const marked = marks.get(eventId) ?? { serials: new BitSet(), again: 0 };
  marks.set(eventId, marked);
  if (marked.serials.has(serial)) marked.again++;
  marked.serials.add(serial);
}

const timesAgain = (marks: ReadonlyMap<string, Marked>): number =>
  [...marks.values()].reduce((sum, { again }) => sum + again, 0);

function countInRanges(serials: BitSet, ranges: SerialRanges = []): number {
  return ranges.reduce((sum, [first, last]) => sum + serials.countBetween(first, last), 0);
}

/** Events of which more or fewer tickets are off sale than were issued, less returned, and held. */
export function countMiscounted(state: TicketState): number {
  const held = new Map<string, number>();
  for (const { eventId, quantity } of Object.values(state.holds ?? {})) {
    held.set(eventId, (held.get(eventId) ?? 0) + quantity);
  }
  const isMiscounted = ([id, event]: [string, TicketEvent]): boolean =>
    takenCount(event) !== liveCount(event) + (held.get(id) ?? 0);
  return Object.entries(state.events).filter(isMiscounted).length;
}
