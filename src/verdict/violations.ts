import type { RecordedRequest } from './recorded-request.js';

/** The kinds of violation that a history can show, each described in a line for people. */
export const violationKinds = {
  wrongLedger: 'the ledger contradicts itself',
  overCapacity: 'tickets sold or held that did not remain',
  serialReused: 'a ticket number sold again',
  endedTwice: 'a hold that ended twice',
  confirmedLate: 'a hold confirmed after its time',
  returnedTwice: 'a ticket cancelled twice',
  returnedAdmitted: 'a ticket cancelled after it let somebody in',
  admittedTwice: 'a ticket that let somebody in twice',
  admittedCancelled: 'a cancelled ticket that let somebody in',
  admittedUnsold: 'a ticket that let somebody in, and was not sold',
  outsideSale: 'tickets sold or held while they were not on sale',
  lostEdit: 'an edit of an event that another one overwrote',
  removedInUse: 'an event removed although tickets of it were sold or held',
  lost: 'a change was confirmed, but the ledger does not contain it',
  altered: 'a confirmed change differs from the ledger or from the request',
  soldTwice: 'one change was confirmed to two requests',
  unasked: 'a change that no client requested',
  keySoldTwice: 'an idempotency key used twice while it was remembered',
  outOfOrder: 'a change precedes one that was confirmed before it was requested',
  wrongRefusal: 'a refusal that fits no state of the ledger',
  wrongSearch: 'a search result that differs from the ledger at that version',
  stale: 'an answer older than one received before the request was sent',
  early: 'an answer that includes a change not requested yet',
} as const;

export type ViolationKind = keyof typeof violationKinds;
export type ViolationCounts = Readonly<Partial<Record<ViolationKind, number>>>;

/** One violation, described for people. */
export interface Violation {
  readonly kind: ViolationKind;
  /** The request that shows it; missing where the ledger alone does. */
  readonly id?: string;
  readonly words: string;
}

/** Counts violations, and remembers the one whose request was sent first. */
export class Violations {
  readonly #counts: Partial<Record<ViolationKind, number>> = {};
  #first: Violation | undefined;
  #firstSentAt = Number.POSITIVE_INFINITY;

  get counts(): ViolationCounts {
    return this.#counts;
  }

  get first(): Violation | undefined {
    return this.#first;
  }

  /**
   * Adds a violation that a request shows.
   *
   * @param what follows the request's description: `got …`, `was refused although …`
   */
  add(kind: ViolationKind, request: RecordedRequest, what: string): void {
    this.#count(kind);
    if (this.#firstSentAt <= request.sentAt) return;
    this.#firstSentAt = request.sentAt;
    this.#first = { kind, id: request.id, words: `${describe(request)} ${what}` };
  }

  /** Adds a violation that the ledger shows by itself. Any violation of a request precedes it. */
  addOfLedger(kind: ViolationKind, words: string): void {
    this.#count(kind);
    this.#first ??= { kind, words };
  }

  #count(kind: ViolationKind): void {
    this.#counts[kind] = (this.#counts[kind] ?? 0) + 1;
  }
}

/** `request 7 ("Ada" buys 2 of jazz)` */
export const describe = ({ id, question }: RecordedRequest): string =>
  `request ${id} (${describeQuestion(question)})`;

function describeQuestion(question: RecordedRequest['question']): string {
  switch (question.kind) {
    case 'buy':
    case 'hold': {
      const { kind, customer, quantity, eventId } = question;
      return `${JSON.stringify(customer)} ${kind}s ${quantity} of ${eventId}${withKey(question)}`;
    }
    case 'confirm':
      return `a confirmation of hold ${question.holdId}`;
    case 'release':
      return `a release of hold ${question.holdId}`;
    case 'cancel':
      return `a cancellation of ticket ${question.serials[0]} of ${question.eventId}`;
    case 'admit':
      return `a door with ticket ${question.serial} of ${question.eventId}${withKey(question)}`;
    case 'saveEvent':
      return question.revision === undefined
        ? `an organiser creates ${question.eventId}`
        : `an organiser edits revision ${question.revision} of ${question.eventId}`;
    case 'removeEvent':
      return `an organiser removes ${question.eventId}`;
    case 'search':
      return 'a search';
  }
}

const withKey = ({ key }: { readonly key?: string }): string =>
  key === undefined ? '' : `, key ${JSON.stringify(key)}`;
