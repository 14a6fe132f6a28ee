import { foldText } from './fold-text.js';
import type { TicketEvent, TicketState } from './inventory.js';

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
export function search(state: TicketState, query: Query): Page {
  const wanted = query.q === undefined ? undefined : foldText(query.q);
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

const mentions = ({ name, venue }: TicketEvent, wanted: string): boolean =>
  foldKnown(name).includes(wanted) || foldKnown(venue).includes(wanted);

/** Most folded texts kept: the names and venues of more events than an office has. */
const FOLDED_MAX = 50_000;

/** Names and venues hardly change, so nearly every search finds them folded. */
const folded = new Map<string, string>();

function foldKnown(text: string): string {
  const known = folded.get(text);
  if (known !== undefined) return known;
  const result = foldText(text);
  if (folded.size >= FOLDED_MAX) folded.clear();
  folded.set(text, result);
  return result;
}
