import {
  type Answer,
  isRefusal,
  isSale,
  isSearch,
  type RecordedRefusal,
  type RecordedRequest,
  type RecordedSale,
} from '../../src/verdict/recorded-request.js';
import { foundIn } from './answers.js';
import type { Played, Verbs } from './scripted-server.js';

/** Falsifies one detail of a good history; `undefined` where that is not possible. */
export interface Mutation {
  readonly name: string;
  /** What the clients ask for; sales alone unless it says otherwise. */
  readonly verbs?: Verbs;
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

/** Falsifies the answer of one request that has this status. */
const answered =
  (
    kind: RecordedRequest['question']['kind'],
    status: number,
    falsify: (answer: never, pick: number, request: RecordedRequest) => object | undefined,
  ): Mutation['mutate'] =>
  (played, pick) => {
    const those = played.history.requests.filter(
      ({ question, answer }) => question.kind === kind && answer?.status === status,
    );
    const request = pickOf(those, pick);
    const answer = request && falsify(request.answer as never, pick, request);
    return answer && request && withRequests(played, [{ ...request, answer: answer as Answer }]);
  };

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
  ...lifeMutations(),
];

/** What a mutation of any other verb may need: the search knows neither the ledger nor its times. */
function lifeMutations(): Mutation[] {
  const ledger = 'the search does not know the ledger';
  const order = 'the search may choose another order of changes that name no version';
  const all = (each: Omit<Mutation, 'verbs'>): Mutation => ({ ...each, verbs: 'all' });
  return [
    all({
      name: 'a hold with another time',
      stricter: 'the search does not know when a commit was made',
      mutate: answered('hold', 201, (answer: { expiresAt: string }, pick) => {
        const expiresAt = new Date(Date.parse(answer.expiresAt) + 1000 * (1 + (pick % 20)));
        return { ...(answer as object), expiresAt: expiresAt.toISOString() };
      }),
    }),
    all({
      name: 'one hold given to two requests',
      stricter: ledger,
      mutate: (played, pick) => {
        const holds = played.history.requests.filter(
          ({ question, answer }) => question.kind === 'hold' && answer?.status === 201,
        );
        const [one, other] = [pickOf(holds, pick), pickOf(holds, pick + 1)];
        const [mine, its] = [one?.answer, other?.answer] as unknown as { holdId: string }[];
        if (one === undefined || mine === undefined || mine.holdId === its?.holdId)
          return undefined;
        return withRequests(played, [
          { ...one, answer: { ...mine, holdId: its?.holdId } as Answer },
        ]);
      },
    }),
    all({
      name: 'a confirmed hold called expired',
      stricter: ledger,
      mutate: answered('confirm', 201, () => ({ status: 410 })),
    }),
    all({
      name: 'an expired hold called confirmed',
      stricter: ledger,
      mutate: (played, pick) => {
        const sale = pickOf(played.history.requests.filter(isSale), pick);
        const confirm = answered('confirm', 410, () => sale?.answer);
        return sale && confirm(played, pick);
      },
    }),
    all({
      name: 'a release of a hold that is not known',
      stricter: ledger,
      mutate: answered('release', 404, () => ({ status: 204 })),
    }),
    all({
      name: 'a cancellation that did not happen',
      stricter: ledger,
      mutate: answered('cancel', 409, () => ({ status: 200 })),
    }),
    all({
      name: 'a cancellation refused, though nobody was let in',
      stricter: order,
      mutate: answered('cancel', 200, () => ({ status: 409 })),
    }),
    all({
      name: 'an admission told to two doors',
      stricter: ledger,
      mutate: answered('admit', 409, (answer: object, _pick, { question }) => {
        const { eventId, serial } = question as { eventId: string; serial: number };
        return { ...answer, status: 201, eventId, serial };
      }),
    }),
    all({
      name: 'an admission at another time',
      stricter: 'the search does not know when a commit was made',
      mutate: answered('admit', 201, (answer: { admittedAt: string }, pick) => {
        const admittedAt = new Date(Date.parse(answer.admittedAt) - 1000 * (1 + (pick % 20)));
        return { ...(answer as object), admittedAt: admittedAt.toISOString() };
      }),
    }),
    all({
      name: 'a valid ticket called cancelled',
      stricter: ledger,
      mutate: answered('admit', 201, () => ({ status: 410 })),
    }),
    all({
      name: 'an edit confirmed with another revision',
      mutate: answered('saveEvent', 200, (answer: { revision: number }, pick) => ({
        ...(answer as object),
        revision: answer.revision + 1 + (pick % 2),
      })),
      stricter: ledger,
    }),
    all({
      name: 'an edit refused for the revision that it was made for',
      stricter: ledger,
      mutate: answered('saveEvent', 412, (_answer, _pick, { question }) => ({
        status: 412,
        revision: (question as { revision?: number }).revision ?? 0,
      })),
    }),
    all({
      name: 'an edit refused, though it leaves room',
      stricter: ledger,
      mutate: answered('saveEvent', 200, (_answer, pick, { question }) => {
        const { capacity } = (question as { event: { capacity: number } }).event;
        return { status: 409, taken: capacity - (pick % 2) };
      }),
    }),
    all({
      name: 'an event that exists called unknown',
      stricter: order,
      mutate: answered('hold', 409, () => ({ status: 404 })),
    }),
    all({
      name: 'a removal that did not happen',
      stricter: ledger,
      mutate: answered('removeEvent', 409, () => ({ status: 204 })),
    }),
    all({
      name: 'a search with another capacity',
      stricter: ledger,
      mutate: answered('search', 200, (answer: { events: { capacity: number }[] }, pick) => ({
        ...(answer as object),
        events: answer.events.map((event, index) =>
          index === pick % answer.events.length
            ? { ...event, capacity: event.capacity + 1 }
            : event,
        ),
      })),
    }),
    all({
      name: 'a hold refused while enough tickets remained',
      stricter: ledger,
      mutate: answered(
        'hold',
        201,
        ({ quantity, remaining }: { quantity: number; remaining: number }) => ({
          status: 409,
          requested: quantity,
          remaining: remaining + quantity,
        }),
      ),
    }),
    all({
      name: 'a commit of any verb missing from the ledger',
      stricter: ledger,
      mutate: (played, pick) => {
        const { commits } = played.reference;
        if (commits.length === 0) return undefined;
        const gone = pick % commits.length;
        // Renumbered, so that nothing but what it did is missing.
        const kept = commits
          .filter((_, index) => index !== gone)
          .map((commit, index) => ({ ...commit, version: index + 1 }));
        return { ...played, reference: { ...played.reference, commits: kept } };
      },
    }),
    all({
      name: 'an order answered before it was requested',
      stricter: order,
      mutate: (played, pick) => {
        const sent = played.history.requests.filter(
          ({ question, answer }) => question.kind === 'confirm' && answer?.status === 201,
        );
        const confirm = pickOf(sent, pick);
        if (confirm === undefined) return undefined;
        return withRequests(played, [{ ...confirm, sentAt: -2, answeredAt: -1 }]);
      },
    }),
  ];
}
