import type { Hold, TicketEvent, TicketState } from '../../booking/inventory.js';
import { countSerials, withSerials } from '../../booking/serial-ranges.js';
import {
  newestAt,
  type TakenTickets,
  takenOf,
  toEvent,
  toHolds,
  versionOf,
} from './inventory-rows.js';
import type { Session } from './session.js';
import type { HoldRow } from './sql/holds.js';
import { type InventoryRow, selectAllInventory } from './sql/reads.js';
import { selectHoldsAfter, selectTakenAfter, type TakenRow } from './sql/tickets.js';
import type { Ranges } from './ticket-ranges.js';

/** What is known of an event besides its inventory row, at one of its commits. */
interface Details extends TakenTickets {
  readonly seq: number;
  readonly head: string;
  readonly holds: ReadonlyMap<string, HoldRow>;
}

const nothing: Details = { seq: 0, head: '', holds: new Map(), cancelled: [], admitted: [] };

export interface FullRead {
  readonly state: TicketState;
  /** The inventory rows that it is made from. */
  readonly rows: readonly InventoryRow[];
}

/** Runs reads that all see one moment: without such a transaction, each statement sees its own. */
export async function inSnapshot<T>(session: Session, read: () => Promise<T>): Promise<T> {
  await session.run('begin isolation level repeatable read read only');
  const result = await read(); // after an error, the session is not used again
  await session.run('commit');
  return result;
}

/** A row of a hold that began, or, with `ended`, of one that ended. */
type HoldChange = HoldRow & { readonly ended: string | null };

/**
 * The state of all events with every hold and every cancelled or admitted ticket. It remembers them and
 * reads only what the commits since then did: ten thousand holds are not read for each search.
 */
export class FullState {
  readonly #exclusive: boolean;
  #known: ReadonlyMap<number, Details> = new Map();

  /** @param exclusive whether the versions of an event's commits are distinct, so that they can be followed */
  constructor(exclusive: boolean) {
    this.#exclusive = exclusive;
  }

  /** The state at one moment, and the inventory rows that it is made from. */
  async read(session: Session): Promise<FullRead> {
    const rows = await session.rows<InventoryRow>(selectAllInventory);
    if (rows.every((row) => this.#isKnown(row))) return { state: this.#toState(rows), rows };
    return inSnapshot(session, () => this.readWithin(session));
  }

  /** The same, in a transaction that sees one moment. */
  async readWithin(session: Session): Promise<FullRead> {
    const rows = await session.rows<InventoryRow>(selectAllInventory);
    const changed = rows.filter((row) => !this.#isKnown(row));
    const from = (event: number) => (this.#exclusive && this.#known.get(event)) || nothing;
    let found = await this.#details(session, changed, from);
    const wrong = changed.filter((row) => !matches(row, found.get(row.number)));
    if (wrong.length > 0) {
      const again = await this.#details(session, wrong, () => nothing);
      found = new Map([...found, ...again]);
    }
    this.#known = new Map([...this.#known, ...found]);
    return { state: this.#toState(rows), rows };
  }

  async #details(
    session: Session,
    rows: readonly InventoryRow[],
    from: (event: number) => Details,
  ): Promise<ReadonlyMap<number, Details>> {
    const wanted = [
      JSON.stringify(rows.map(({ number }) => ({ event: number, after: from(number).seq }))),
    ];
    const taken = groupByEvent(await session.rows<TakenRow>(selectTakenAfter, wanted));
    const holds = groupByEvent(await session.rows<HoldChange>(selectHoldsAfter, wanted));
    return new Map(
      rows.map(({ number, seq, head }): [number, Details] => {
        const before = from(number);
        const ofEvent = takenOf(taken.get(number) ?? [], number);
        return [
          number,
          {
            seq,
            head,
            holds: withChanges(before.holds, holds.get(number) ?? []),
            cancelled: union(before.cancelled, ofEvent.cancelled),
            admitted: union(before.admitted, ofEvent.admitted),
          },
        ];
      }),
    );
  }

  /** Whether an event has nothing besides its row, or what it has was read before. */
  #isKnown({ number, head, holds, cancelled, admitted }: InventoryRow): boolean {
    if (this.#known.get(number)?.head === head) return true;
    return holds === 0 && cancelled === 0 && admitted === 0;
  }

  #toState(rows: readonly InventoryRow[]): TicketState {
    const events: [string, TicketEvent][] = [];
    const holds: Record<string, Hold> = {};
    for (const row of rows) {
      const known = this.#known.get(row.number);
      const details = known?.head === row.head ? known : nothing;
      const event = toEvent(row, details);
      if (event === undefined) continue;
      events.push([row.id, event]);
      if (details.holds.size > 0) Object.assign(holds, toHolds(details.holds.values(), row.id));
    }
    const at = newestAt(rows);
    return {
      version: versionOf(rows),
      ...(at !== undefined && { at }),
      events: Object.fromEntries(events),
      ...(Object.keys(holds).length > 0 && { holds }),
    };
  }
}

/** The inventory counts what should be there: what was followed wrongly is read again. */
const matches = (row: InventoryRow, details = nothing): boolean =>
  details.holds.size === row.holds &&
  countSerials(details.cancelled) === row.cancelled &&
  countSerials(details.admitted) === row.admitted;

function withChanges(
  before: ReadonlyMap<string, HoldRow>,
  changes: readonly HoldChange[],
): ReadonlyMap<string, HoldRow> {
  const holds = new Map(before);
  for (const { ended, ...hold } of changes) if (ended === null) holds.set(hold.id, hold);
  for (const { ended, id } of changes) if (ended !== null) holds.delete(id);
  return holds;
}

const union = (before: Ranges, more: Ranges): Ranges =>
  before.length === 0
    ? more
    : more.reduce((ranges, range) => withSerials(ranges, ...range) as Ranges, before);

function groupByEvent<Row extends { readonly event: number }>(
  rows: readonly Row[],
): ReadonlyMap<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.event);
    if (group === undefined) groups.set(row.event, [row]);
    else group.push(row);
  }
  return groups;
}
