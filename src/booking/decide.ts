import type {
  Admit,
  Buy,
  Cancel,
  Command,
  Confirm,
  HoldTickets,
  Release,
  RemoveEvent,
  SaveEvent,
} from './commands.js';
import {
  eventOf,
  type Hold,
  type Holds,
  holdOf,
  holdsByTime,
  isOnSale,
  newEvent,
  type Price,
  type TicketEvent,
  type TicketState,
  takenCount,
} from './inventory.js';
import type { Outcome } from './outcomes.js';
import { includesSerial, serialsFrom, withSerials } from './serial-ranges.js';

/** The most holds at a time: each is in the file that every sale writes anew. */
export const HOLDS_MAX = 10_000;

/** The outcomes of a batch, in its order, and the state after it. */
export interface Decision<Each = Outcome> {
  readonly outcomes: readonly Each[];
  /** Whether anything changed: if not, nothing is committed. */
  readonly changed: boolean;
  /** The version of the commit or, if nothing changed, of the state the batch was decided on. */
  readonly version: number;
  /** The time of the commit: never before that of the commit before it. */
  readonly at: string;
  /** The state after the batch; the same object that came in if nothing changed. */
  readonly after: TicketState;
}

/**
 * Decides a batch of commands one after the other, as if each had come alone. Pure: no clock, no
 * randomness, no I/O, and `state` is not changed.
 *
 * A batch that changes something is one commit, and every outcome in it carries the commit's version,
 * also a refusal. A batch that changes nothing commits nothing.
 *
 * @param now the time, in ISO 8601 and UTC; before `state.at`, that counts
 */
export function decide(state: TicketState, commands: readonly Command[], now: string): Decision {
  const draft = new Draft(state, now);
  const decided = commands.map((command) => decideOne(draft, command));
  const version = draft.changed ? state.version + 1 : state.version;
  return {
    outcomes: decided.map((each) => Object.assign(each, { version })), // made here: no copy needed
    changed: draft.changed,
    version,
    at: draft.at,
    // Computed on demand: copying ten thousand events costs more than deciding, and some stores never ask.
    get after() {
      return draft.changed ? draft.after(version) : state;
    },
  };
}

/** An outcome, before it is known whether the batch is a commit. */
type Decided = WithoutVersion<Outcome>;
type WithoutVersion<Each> = Each extends unknown ? Omit<Each, 'version'> : never;

function decideOne(draft: Draft, command: Command): Decided {
  switch (command.kind) {
    case 'buy':
      return buy(draft, command);
    case 'hold':
      return hold(draft, command);
    case 'confirm':
      return confirm(draft, command);
    case 'release':
      return release(draft, command);
    case 'cancel':
      return cancel(draft, command);
    case 'admit':
      return admit(draft, command);
    case 'saveEvent':
      return saveEvent(draft, command);
    case 'removeEvent':
      return removeEvent(draft, command);
    case 'expireHolds':
      return draft.expire();
  }
}

/** Sells all tickets of a buy, or none. */
function buy(draft: Draft, request: Buy): Decided {
  const event = draft.event(request.eventId);
  if (event === undefined || !canTake(event, request, draft.at)) {
    return refusal(event, request, draft.at);
  }
  const { eventId, customer, quantity, key } = request;
  const [total, remaining] = [totalOf(event, quantity), event.remaining - quantity];
  return sell(draft, event, { eventId, customer, quantity, key, total, remaining });
}

/** Takes all tickets of a hold off sale, or none. */
function hold(draft: Draft, request: HoldTickets): Decided {
  const { eventId, customer, quantity, holdId, seconds, key } = request;
  const event = draft.event(eventId);
  if (event === undefined || !canTake(event, request, draft.at)) {
    return refusal(event, request, draft.at);
  }
  if (draft.holdCount >= HOLDS_MAX) return { kind: 'tooManyHolds', eventId };
  const until = new Date(Date.parse(draft.at) + seconds * 1000).toISOString();
  const held = { eventId, customer, quantity, total: totalOf(event, quantity), until };
  const remaining = event.remaining - quantity;
  draft.putHold(holdId, held);
  draft.putEvent(eventId, { ...event, remaining });
  return { kind: 'held', holdId, ...held, remaining, ...(key !== undefined && { key }) };
}

/** Sells what is held: it is off sale already. */
function confirm(draft: Draft, { holdId }: Confirm): Decided {
  const held = draft.hold(holdId);
  const event = held && draft.event(held.eventId);
  if (held === undefined || event === undefined) return noSuchHold(draft, holdId);
  draft.endHold(holdId);
  return sell(draft, event, { ...held, remaining: event.remaining, holdId });
}

/** Puts what is held back on sale. */
function release(draft: Draft, { holdId }: Release): Decided {
  const held = draft.hold(holdId);
  if (held === undefined) return noSuchHold(draft, holdId);
  const { eventId, quantity } = held;
  const remaining = draft.endHold(holdId, 'put back on sale');
  return { kind: 'released', holdId, eventId, quantity, remaining };
}

/** Puts the tickets of an order back on sale, once. Their numbers are never used again. */
function cancel(draft: Draft, { order }: Cancel): Decided {
  const { orderId, eventId, serials } = order;
  const event = draft.event(eventId);
  if (event === undefined) return { kind: 'unknownEvent', eventId };
  const { cancelled = [], admitted = [] } = event;
  const [first = 0] = serials;
  const last = serials.at(-1) ?? first;
  if (last > event.issued) return { kind: 'unknownTicket', eventId, serial: last };
  if (includesSerial(cancelled, first)) return { kind: 'alreadyCancelled', eventId };
  const inside = serials.find((serial) => includesSerial(admitted, serial));
  if (inside !== undefined) return { kind: 'alreadyAdmitted', eventId, serial: inside };
  const remaining = event.remaining + serials.length;
  draft.putEvent(eventId, { ...event, remaining, cancelled: copy(cancelled, first, last) });
  return { kind: 'cancelled', orderId, eventId, serials, remaining };
}

/** Lets the owner of a ticket in, once. */
function admit(draft: Draft, { eventId, serial, door, key }: Admit): Decided {
  const event = draft.event(eventId);
  if (event === undefined || serial < 1 || serial > event.issued) {
    return { kind: 'unknownTicket', eventId, serial };
  }
  const { cancelled = [], admitted = [] } = event;
  if (includesSerial(cancelled, serial)) return { kind: 'ticketCancelled', eventId, serial };
  if (includesSerial(admitted, serial)) return { kind: 'alreadyAdmitted', eventId, serial };
  draft.putEvent(eventId, { ...event, admitted: copy(admitted, serial, serial) });
  const { at } = draft;
  return { kind: 'admitted', eventId, serial, door, at, ...(key !== undefined && { key }) };
}

/** Creates an event, or changes it if no other editor has changed it since it was read. */
function saveEvent(draft: Draft, { eventId, event: details, revision }: SaveEvent): Decided {
  const event = draft.event(eventId);
  if (event?.revision !== revision) {
    return { kind: 'revisionMismatch', eventId, revision: event?.revision ?? 0 };
  }
  const taken = event === undefined ? 0 : takenCount(event);
  if (details.capacity < taken) return { kind: 'capacityTooSmall', eventId, taken };
  const saved = event === undefined ? newEvent(details) : edited(event, details);
  draft.putEvent(eventId, saved);
  return { kind: 'saved', eventId, event: saved, created: event === undefined };
}

/** Removes an event of which no ticket was ever sold or held. */
function removeEvent(draft: Draft, { eventId, revision }: RemoveEvent): Decided {
  const event = draft.event(eventId);
  if (revision !== undefined && event?.revision !== revision) {
    return { kind: 'revisionMismatch', eventId, revision: event?.revision ?? 0 };
  }
  if (event === undefined) return { kind: 'unknownEvent', eventId };
  if (event.issued > 0 || takenCount(event) > 0) return { kind: 'eventInUse', eventId };
  draft.putEvent(eventId, undefined);
  return { kind: 'removed', eventId };
}

type TicketRequest = Pick<Buy, 'eventId' | 'quantity'>;

const canTake = (event: TicketEvent, { quantity }: TicketRequest, at: string): boolean =>
  quantity <= event.remaining && isOnSale(event, at);

/** Why tickets can be neither sold nor held. */
function refusal(
  event: TicketEvent | undefined,
  { eventId, quantity }: TicketRequest,
  at: string,
): Decided {
  if (event === undefined) return { kind: 'unknownEvent', eventId };
  const { salesFrom, salesUntil, remaining } = event;
  if (isOnSale(event, at)) return { kind: 'soldOut', eventId, requested: quantity, remaining };
  return {
    kind: 'notOnSale',
    eventId,
    ...(salesFrom !== undefined && { salesFrom }),
    ...(salesUntil !== undefined && { salesUntil }),
  };
}

/** Gives out the next ticket numbers. */
function sell(
  draft: Draft,
  event: TicketEvent,
  request: Pick<Buy, 'eventId' | 'customer' | 'quantity'> & {
    readonly key?: string | undefined;
    readonly total: Price;
    readonly remaining: number;
    readonly holdId?: string;
  },
): Decided {
  const { eventId, customer, quantity, total, remaining, holdId, key } = request;
  const serials = serialsFrom(event.issued + 1, quantity);
  draft.putEvent(eventId, { ...event, remaining, issued: event.issued + quantity });
  const sold = { kind: 'sold', eventId, customer, quantity, serials, total, remaining } as const;
  if (holdId !== undefined) return { ...sold, holdId };
  return key === undefined ? sold : { ...sold, key }; // a hold has no key when it is confirmed
}

function noSuchHold(draft: Draft, holdId: string): Decided {
  const expired = draft.expiredHold(holdId);
  if (expired === undefined) return { kind: 'unknownHold', holdId };
  return { kind: 'holdExpired', holdId, until: expired.until };
}

/** The event as its organiser wants it, with the tickets that people have. */
export function edited(event: TicketEvent, details: TicketEvent | SaveEvent['event']): TicketEvent {
  const { issued, revision, cancelled, admitted } = event;
  return {
    ...details,
    remaining: details.capacity - takenCount(event),
    issued,
    revision: revision + 1,
    ...(cancelled && { cancelled }),
    ...(admitted && { admitted }),
  };
}

const totalOf = ({ price: { amount, currency } }: TicketEvent, quantity: number): Price => ({
  amount: amount * quantity,
  currency,
});

/** zod's types of arrays are not readonly. */
const copy = (ranges: Parameters<typeof withSerials>[0], first: number, last: number) =>
  withSerials(ranges, first, last) as [number, number][];

/** A state, and what the commands of one batch have changed in it so far. */
class Draft {
  readonly at: string;
  readonly #state: TicketState;
  /** The events and holds that differ from those of the state; `undefined`: removed. */
  readonly #events = new Map<string, TicketEvent | undefined>();
  readonly #holds = new Map<string, Hold | undefined>();
  /** The holds whose time is over at this commit. */
  readonly #expired = new Map<string, Hold>();
  #releaseCommitted = false;
  holdCount: number;
  changed = false;

  constructor(state: TicketState, now: string) {
    this.#state = state;
    this.at = state.at !== undefined && state.at > now ? state.at : now;
    const holds = holdsByTime(state);
    this.holdCount = holds.count + (state.holdsElsewhere ?? 0);
    this.#releaseExpired(holds.due(this.at));
  }

  event(id: string): TicketEvent | undefined {
    return this.#events.has(id) ? this.#events.get(id) : eventOf(this.#state, id);
  }

  putEvent(id: string, event: TicketEvent | undefined): void {
    this.#events.set(id, event);
    this.changed = true;
  }

  hold(id: string): Hold | undefined {
    return this.#holds.has(id) ? this.#holds.get(id) : holdOf(this.#state, id);
  }

  /** The hold with this id, if its time is over. */
  expiredHold(id: string): Hold | undefined {
    return this.#expired.get(id);
  }

  putHold(id: string, hold: Hold): void {
    this.#holds.set(id, hold);
    this.holdCount++;
    this.changed = true;
  }

  /** Ends a hold, and returns how many tickets of its event remain. */
  endHold(id: string, ticketsAre: 'sold' | 'put back on sale' = 'sold'): number {
    const hold = this.hold(id);
    this.#holds.set(id, undefined);
    this.holdCount--;
    this.changed = true;
    const event = hold && this.event(hold.eventId);
    if (hold === undefined || event === undefined) return 0;
    const remaining = event.remaining + (ticketsAre === 'sold' ? 0 : hold.quantity);
    this.#events.set(hold.eventId, { ...event, remaining });
    return remaining;
  }

  /** Makes the release of what expired a change to commit; any other change commits it too. */
  expire(): Decided {
    const holdIds = this.#releaseCommitted ? [] : [...this.#expired.keys()];
    this.#releaseCommitted = true;
    if (holdIds.length > 0) this.changed = true;
    return { kind: 'expired', holdIds };
  }

  after(version: number): TicketState {
    const events = { ...this.#state.events };
    for (const [id, event] of this.#events) {
      if (event === undefined) delete events[id];
      else events[id] = event;
    }
    const some = this.holdCount > 0 ? { holds: this.#holdsAfter() } : {};
    return { version, at: this.at, events, ...some };
  }

  /** The same object if none was made and none ended: copying ten thousand takes long. */
  #holdsAfter(): Holds {
    const { holds: before = {} } = this.#state;
    if (this.#holds.size === 0) return before;
    const holds: Record<string, Hold> = { ...before };
    for (const [id, hold] of this.#holds) {
      if (hold === undefined) delete holds[id];
      else holds[id] = hold;
    }
    return holds;
  }

  /** No command can see a hold whose time is over. */
  #releaseExpired(due: readonly string[]): void {
    for (const id of due) {
      const hold = this.hold(id);
      if (hold === undefined) continue;
      this.#expired.set(id, hold);
      this.endHold(id, 'put back on sale');
    }
    this.changed = false; // no reader needs these yet: the next change commits them
  }
}
