import type { RecordedRequest } from './recorded-request.js';

/** What can be wrong with a history, and how it is said of one request. */
export const violationKinds = {
  wrongLedger: 'the ledger itself sells what it cannot',
  lost: 'told "sold", and the ledger has no such sale',
  altered: 'told another sale than the ledger has, or than was asked for',
  soldTwice: 'told of a sale that somebody else was told of',
  unasked: 'a sale that nobody asked for',
  keySoldTwice: 'a key that sold again within the window of keys',
  outOfOrder: 'a sale that stands before what was told before it was asked for',
  wrongRefusal: 'refused as no state of the ledger would have it',
  wrongSearch: 'found what the ledger does not say at that version',
  stale: 'answered from a state older than one that was told before it was sent',
  early: 'told of a sale before it was asked for',
} as const;

export type ViolationKind = keyof typeof violationKinds;
export type ViolationCounts = Readonly<Partial<Record<ViolationKind, number>>>;

/** One offence, in words for people. */
export interface Violation {
  readonly kind: ViolationKind;
  /** The request that shows it; none where the ledger alone does. */
  readonly id?: string;
  readonly words: string;
}

/** Counts offences, and keeps the one whose request was sent first. */
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

  /** Notes what a request shows to be wrong. */
  note(kind: ViolationKind, request: RecordedRequest, what: string): void {
    this.#count(kind);
    if (this.#firstSentAt <= request.sentAt) return;
    this.#firstSentAt = request.sentAt;
    this.#first = { kind, id: request.id, words: `${describe(request)} ${what}` };
  }

  /** Notes what the ledger shows to be wrong by itself; any request that does comes before it. */
  noteLedger(kind: ViolationKind, words: string): void {
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
