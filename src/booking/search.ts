import type { TicketEvent, TicketState } from './inventory.js';

/** A search. Times are milliseconds since 1970; `from` is inclusive, `to` is exclusive. */
export interface Query {
  /** Part of the name or the venue; case is ignored. */
  readonly q?: string;
  /** `true`: only events with remaining tickets; `false`: only sold-out ones. */
  readonly available?: boolean;
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  /** Where the previous page ended. */
  readonly after?: Position;
}

/** Events are ordered by start, then by id. */
export interface Position {
  readonly startsAt: number;
  readonly id: string;
}

export interface Page {
  readonly events: readonly ({ readonly id: string } & TicketEvent)[];
  /** Where this page ended, or `undefined` on the last one. */
  readonly next: Position | undefined;
}

const compare = (a: Position, b: Position): number =>
  a.startsAt - b.startsAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Finds one page of events. Pure. */
export function search(state: TicketState, query: Query): Page {
  const wanted = query.q?.toLowerCase();
  const found: { position: Position; event: TicketEvent }[] = [];

  for (const [id, event] of Object.entries(state.events)) {
    const position = { startsAt: Date.parse(event.startsAt), id };
    if (query.after !== undefined && compare(position, query.after) <= 0) continue;
    if (query.from !== undefined && position.startsAt < query.from) continue;
    if (query.to !== undefined && position.startsAt >= query.to) continue;
    if (query.available !== undefined && event.remaining > 0 !== query.available) continue;
    if (wanted !== undefined && !mentions(event, wanted)) continue;
    found.push({ position, event });
  }

  found.sort((a, b) => compare(a.position, b.position));
  const page = found.slice(0, query.limit);
  return {
    events: page.map(({ position, event }) => ({ id: position.id, ...event })),
    next: found.length > page.length ? page.at(-1)?.position : undefined,
  };
}

const mentions = (event: TicketEvent, wanted: string): boolean =>
  event.name.toLowerCase().includes(wanted) || event.venue.toLowerCase().includes(wanted);
