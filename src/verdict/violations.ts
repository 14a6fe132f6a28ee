import type { RecordedRequest } from './recorded-request.js';

/** The kinds of violation that a history can show, each described in a line for people. */
export const violationKinds = {
  wrongLedger: 'the ledger contradicts itself',
  lost: 'a sale was confirmed, but the ledger does not contain it',
  altered: 'a confirmed sale differs from the ledger or from the request',
  soldTwice: 'one sale was confirmed to two requests',
  unasked: 'a sale that no client requested',
  keySoldTwice: 'an idempotency key sold twice while it was remembered',
  outOfOrder: 'a sale precedes one that was confirmed before it was requested',
  wrongRefusal: 'a refusal that fits no state of the ledger',
  wrongSearch: 'a search result that differs from the ledger at that version',
  stale: 'an answer older than one received before the request was sent',
  early: 'an answer that includes a sale not requested yet',
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
export function describe({ id, question }: RecordedRequest): string {
  if (question.kind === 'search') return `request ${id} (a search)`;
  const { customer, quantity, eventId, key } = question;
  const withKey = key === undefined ? '' : `, key ${JSON.stringify(key)}`;
  return `request ${id} (${JSON.stringify(customer)} buys ${quantity} of ${eventId}${withKey})`;
}
