import type { TicketEvent, TicketState } from './inventory.js';
import { normalizeText } from './normalize-text.js';

/** A search. Times are milliseconds since 1970; `from` is inclusive, `to` is exclusive. */
export interface Query {
  /** Part of the name or the venue; case, accents and the style of quotes are ignored. */
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
export const search = (state: TicketState, query: Query): Page => new EventIndex(state).find(query);

/** An event with what a search compares. */
interface Entry {
  readonly position: Position;
  readonly event: TicketEvent;
  /** Name and venue, normalized by the first search for a text. */
  text?: readonly [name: string, venue: string];
}

/** The events of one state, sorted once for all searches of that state. */
export class EventIndex {
  readonly #entries: readonly Entry[];

  constructor(state: TicketState) {
    const entries = Object.entries(state.events).map(
      ([id, event]): Entry => ({ position: { startsAt: Date.parse(event.startsAt), id }, event }),
    );
    this.#entries = entries.sort((a, b) => compare(a.position, b.position));
  }

  find(query: Query): Page {
    const wanted = query.q === undefined ? undefined : normalizeText(query.q);
    const found: Entry[] = [];
    for (const entry of this.#entries) {
      const { position, event } = entry;
      if (query.after !== undefined && compare(position, query.after) <= 0) continue;
      if (query.from !== undefined && position.startsAt < query.from) continue;
      if (query.to !== undefined && position.startsAt >= query.to) break;
      if (query.available !== undefined && event.remaining > 0 !== query.available) continue;
      if (wanted !== undefined && !mentions(entry, wanted)) continue;
      found.push(entry);
      if (found.length > query.limit) break; // one more than the page, so there is a next one
    }
    const page = found.slice(0, query.limit);
    return {
      events: page.map(({ position, event }) => ({ id: position.id, ...event })),
      next: found.length > page.length ? page.at(-1)?.position : undefined,
    };
  }
}

function mentions(entry: Entry, wanted: string): boolean {
  entry.text ??= [normalizeKnown(entry.event.name), normalizeKnown(entry.event.venue)];
  return entry.text.some((text) => text.includes(wanted));
}

/** Most normalized texts kept: the names and venues of more events than an office has. */
const NORMALIZED_MAX = 50_000;

/** Every sale makes a new state, but names and venues hardly change. */
const normalized = new Map<string, string>();

function normalizeKnown(text: string): string {
  const known = normalized.get(text);
  if (known !== undefined) return known;
  const result = normalizeText(text);
  if (normalized.size >= NORMALIZED_MAX) normalized.clear();
  normalized.set(text, result);
  return result;
}
