import {
  isRefusal,
  isSale,
  isSearch,
  type RecordedRefusal,
  type RecordedRequest,
  type RecordedSale,
} from '../../src/verdict/recorded-request.js';
import { foundIn, type Played } from './scripted-server.js';

/** Falsifies one detail of a good history; `undefined` where that is not possible. */
export interface Mutation {
  readonly name: string;
  readonly mutate: (played: Played, pick: number) => Played | undefined;
  /**
   * Why the verdict with a reference log may reject what the search accepts; without a reason, it may
   * not. The search has no ledger, so it accepts anything that some server could have done.
   */
  readonly stricter?: string;
}

const pickOf = <T>(items: readonly T[], pick: number): T | undefined => items[pick % items.length];

/** The history with some requests replaced. */
function withRequests(played: Played, changed: readonly RecordedRequest[]): Played {
  const byId = new Map(changed.map((request) => [request.id, request]));
  const requests = played.history.requests.map((request) => byId.get(request.id) ?? request);
  return { ...played, history: { ...played.history, requests } };
}

/** Two sales of different tickets, the earlier version first. */
function twoSales(
  { history: { requests } }: Played,
  pick: number,
  alike: (a: RecordedSale, b: RecordedSale) => boolean,
): readonly [RecordedSale, RecordedSale] | undefined {
  const sales = requests.filter(isSale);
  const pairs = sales.flatMap((a) =>
    sales
      .filter((b) => a.answer.remaining > b.answer.remaining && alike(a, b))
      .map((b) => [a, b] as const),
  );
  return pickOf(pairs, pick);
}

const inTwoVersions = (a: RecordedSale, b: RecordedSale): boolean =>
  a.answer.version !== b.answer.version;

export const mutations: readonly Mutation[] = [
  {
    name: 'one ticket confirmed to two buyers',
    mutate: (played, pick) => {
      const two = twoSales(played, pick, (a, b) => a.answer.quantity === b.answer.quantity);
      if (two === undefined) return undefined;
      const [{ answer }, later] = two;
      const { serials, remaining, version } = answer;
      const copied = { ...later.answer, serials, remaining, version };
      return withRequests(played, [{ ...later, answer: copied }]);
    },
  },
  {
    name: 'versions exchanged between two sales',
    mutate: (played, pick) => {
      const two = twoSales(played, pick, inTwoVersions);
      if (two === undefined) return undefined;
      const [a, b] = two;
      return withRequests(played, [
        { ...a, answer: { ...a.answer, version: b.answer.version } },
        { ...b, answer: { ...b.answer, version: a.answer.version } },
      ]);
    },
  },
  {
    name: 'tickets exchanged between two buyers',
    stricter: 'the search does not know which buyer a ticket belongs to, if both were buying',
    mutate: (played, pick) => {
      const two = twoSales(played, pick, (a, b) => a.answer.quantity === b.answer.quantity);
      if (two === undefined) return undefined;
      const [a, b] = two;
      const swapped = (to: RecordedSale, { answer }: RecordedSale): RecordedSale => {
        const { serials, remaining, version } = answer;
        return { ...to, answer: { ...to.answer, serials, remaining, version } };
      };
      return withRequests(played, [swapped(a, b), swapped(b, a)]);
    },
  },
  {
    name: 'a commit missing from the ledger',
    stricter: 'the search does not know the ledger',
    mutate: (played, pick) => {
      const { commits } = played.reference;
      if (commits.length === 0) return undefined;
      const kept = commits.filter((_, index) => index !== pick % commits.length);
      return { ...played, reference: { ...played.reference, commits: kept } };
    },
  },
  {
    name: 'a search answered from an older state',
    mutate: (played, pick) => {
      const later = played.history.requests.filter(isSearch).filter((r) => r.answer.version > 0);
      const search = pickOf(later, pick);
      if (search === undefined) return undefined;
      const state = played.states[pick % search.answer.version];
      return state && withRequests(played, [{ ...search, answer: foundIn(state) }]);
    },
  },
  {
    name: 'a refusal while enough tickets remained',
    mutate: (played, pick) => {
      const sale = pickOf(played.history.requests.filter(isSale), pick);
      if (sale === undefined) return undefined;
      const { quantity, remaining } = sale.answer;
      const answer = { status: 409, requested: quantity, remaining: remaining + quantity } as const;
      return withRequests(played, [{ ...sale, answer }]);
    },
  },
  {
    name: 'a refusal with a different number of remaining tickets',
    stricter: 'the search may accept half of a commit as a state that a client saw',
    mutate: (played, pick) => {
      const many = played.history.requests.filter(isRefusal).filter((r) => r.answer.requested > 1);
      const refusal: RecordedRefusal | undefined = pickOf(many, pick);
      if (refusal === undefined) return undefined;
      const { requested, remaining } = refusal.answer;
      const other = (remaining + 1 + (pick % (requested - 1))) % requested;
      return withRequests(played, [
        { ...refusal, answer: { ...refusal.answer, remaining: other } },
      ]);
    },
  },
  {
    name: 'a sale answered before an earlier sale was requested',
    mutate: (played, pick) => {
      // With a key, an earlier request may have made either sale.
      const keyed = ({ question }: RecordedSale) => question.key !== undefined;
      const apart = (a: RecordedSale, b: RecordedSale) =>
        inTwoVersions(a, b) && !keyed(a) && !keyed(b);
      const two = twoSales(played, pick, apart);
      if (two === undefined) return undefined;
      const [first, later] = two;
      const { sentAt } = first;
      return withRequests(played, [{ ...later, sentAt: sentAt - 2, answeredAt: sentAt - 1 }]);
    },
  },
];
