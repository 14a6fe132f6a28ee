import type { Command } from '../../src/booking/commands.js';
import type { TicketState } from '../../src/booking/inventory.js';
import type { Admitted, KeyReused, Outcome, Sold } from '../../src/booking/outcomes.js';
import type { Answer, Question } from '../../src/verdict/recorded-request.js';

/** How long the servers of these tests hold tickets. */
export const HOLD_SECONDS = 20;

/** The time of a server after some seconds. */
export const timeAfter = (seconds: number): string =>
  new Date(Date.UTC(2027, 0, 1) + seconds * 1000).toISOString();

/** How a hold ended. */
export type Ended =
  | { readonly end: 'confirmed'; readonly order: Sold }
  | { readonly end: 'released' | 'expired' };

/** What a server looks up after a decision, to tell the client more. */
export interface LookUps {
  ended(holdId: string): Ended | undefined;
  admission(eventId: string, serial: number): Pick<Admitted, 'at' | 'door'> | undefined;
}

/** The command that a question becomes; none for a search. */
export function commandOf(question: Question, holdId: string, door: string): Command | undefined {
  switch (question.kind) {
    case 'buy':
    case 'confirm':
    case 'release':
    case 'removeEvent':
      return question;
    case 'hold':
      return { ...question, holdId, seconds: HOLD_SECONDS };
    case 'cancel':
      return { kind: 'cancel', order: { orderId: '', ...question } };
    case 'admit':
      return { ...question, door };
    case 'saveEvent':
      return question;
    case 'search':
      return undefined;
  }
}

/** What HTTP answers to the outcome of a question. */
export function answerTo(
  question: Question,
  outcome: Outcome | KeyReused,
  lookUps: LookUps,
): Answer {
  switch (outcome.kind) {
    case 'sold':
      return orderAnswer(outcome, 201);
    case 'held': {
      const { holdId, eventId, customer, quantity, total, until, remaining, version } = outcome;
      const held = { holdId, eventId, customer, quantity, expiresAt: until, remaining, version };
      return { status: 201, ...held, ...(total && { total }) };
    }
    case 'soldOut':
      return { status: 409, requested: outcome.requested, remaining: outcome.remaining };
    case 'notOnSale': {
      const { salesFrom, salesUntil } = outcome;
      return { status: 409, ...(salesFrom && { salesFrom }), ...(salesUntil && { salesUntil }) };
    }
    case 'unknownHold':
      return endedAnswer(question, lookUps.ended(outcome.holdId));
    case 'holdExpired':
      return endedAnswer(question, { end: 'expired' });
    case 'cancelled':
    case 'alreadyCancelled':
      return { status: 200 };
    case 'admitted': {
      const { eventId, serial, at, door } = outcome;
      return { status: 201, eventId, serial, admittedAt: at, door };
    }
    case 'alreadyAdmitted': {
      if (question.kind === 'cancel') return { status: 409 };
      const admission = lookUps.admission(outcome.eventId, outcome.serial);
      return { status: 409, ...(admission && { admittedAt: admission.at, door: admission.door }) };
    }
    case 'saved': {
      const { revision, remaining } = outcome.event;
      return { status: outcome.created ? 201 : 200, revision, remaining };
    }
    case 'revisionMismatch':
      return { status: 412, revision: outcome.revision };
    case 'capacityTooSmall':
      return { status: 409, taken: outcome.taken };
    case 'released':
    case 'removed':
      return { status: 204 };
    case 'ticketCancelled':
      return { status: 410 };
    case 'eventInUse':
      return { status: 409 };
    case 'unknownEvent':
    case 'unknownTicket':
      return { status: 404 };
    case 'keyReused':
      return { status: 422 };
    default:
      throw new Error(`no answer to ${outcome.kind}`);
  }
}

function orderAnswer(sold: Sold, status: 200 | 201): Answer {
  const { eventId, customer, quantity, serials, total, remaining, version } = sold;
  const order = { eventId, customer, quantity, serials: [...serials], remaining, version };
  return { status, ...order, ...(total && { total }) };
}

function endedAnswer({ kind }: Question, ended: Ended | undefined): Answer {
  if (ended === undefined) return { status: 404 };
  if (ended.end !== 'confirmed') return { status: kind === 'confirm' ? 410 : 204 };
  return kind === 'confirm' ? orderAnswer(ended.order, 200) : { status: 409 };
}

/** The answer to a search for all events in a state. */
export const foundIn = ({ version, events }: TicketState): Answer => ({
  status: 200,
  version,
  events: Object.entries(events).map(([id, { remaining, capacity }]) => ({
    id,
    remaining,
    capacity,
  })),
});

/** How the holds ended that a commit ended. */
export function endsIn(
  before: TicketState,
  after: TicketState,
  outcomes: readonly { readonly kind: string }[],
): Map<string, Ended> {
  const gone = Object.keys(before.holds ?? {}).filter((id) => after.holds?.[id] === undefined);
  const ends = new Map<string, Ended>(gone.map((id) => [id, { end: 'expired' }]));
  for (const outcome of outcomes as readonly Outcome[]) {
    if (outcome.kind === 'released') ends.set(outcome.holdId, { end: 'released' });
    if (outcome.kind !== 'sold' || outcome.holdId === undefined) continue;
    ends.set(outcome.holdId, { end: 'confirmed', order: outcome });
  }
  return ends;
}
