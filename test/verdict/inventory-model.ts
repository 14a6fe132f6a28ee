import type { Buy } from '../../src/booking/commands.js';
import {
  isBuy,
  isRefusal,
  isSale,
  isSearch,
  type RecordedBuy,
  type RecordedRequest,
  type RecordedSale,
} from '../../src/verdict/recorded-request.js';

/** The remaining tickets of each event, the sales made with a key, and the number of commits. */
export interface Inventory {
  readonly version: number;
  readonly capacities: ReadonlyMap<string, number>;
  readonly remaining: ReadonlyMap<string, number>;
  readonly keys: ReadonlyMap<string, KeyedSale>;
}

/** A sale made with a key: its request, and its answer. */
interface KeyedSale {
  readonly body: string;
  readonly first: number;
  readonly remaining: number;
  readonly version: number;
}

/** An inventory with every ticket unsold. */
export const freshInventory = (capacities: ReadonlyMap<string, number>): Inventory => ({
  version: 0,
  capacities,
  remaining: capacities,
  keys: new Map(),
});

/**
 * The possible states of an inventory after it has answered this request with this answer; none, if
 * this answer is impossible. Pure.
 *
 * There may be two, because a sale either makes its own commit or joins the one before it, and without
 * an answer it is unknown which. A request without an answer is stepped only when it takes effect.
 */
export function step(state: Inventory, request: RecordedRequest): Inventory[] {
  const unchangedIf = (legal: boolean): Inventory[] => (legal ? [state] : []);
  if (isSearch(request)) {
    const { version, events } = request.answer;
    const seen = events.every(({ id, remaining }) => state.remaining.get(id) === remaining);
    return unchangedIf(seen && version === state.version);
  }
  if (!isBuy(request)) return [state];

  const { eventId, quantity, key } = request.question;
  const left = state.remaining.get(eventId);
  const keyed = key === undefined ? undefined : state.keys.get(key);
  if (isRefusal(request)) {
    const { requested, remaining } = request.answer;
    const soldOut = left !== undefined && left < quantity && left === remaining;
    return unchangedIf(soldOut && requested === quantity && keyed === undefined);
  }
  if (isSale(request) && keyed !== undefined) {
    return unchangedIf(keyed.body === bodyOf(request.question) && matches(request, keyed));
  }
  const status = request.answer?.status;
  if (status === 404) return unchangedIf(left === undefined);
  if (status === 422)
    return unchangedIf(keyed !== undefined && keyed.body !== bodyOf(request.question));
  if (status !== undefined && status !== 201 && status < 500) return [state];
  if (keyed !== undefined || left === undefined || left < quantity) return [];
  return sell(state, request, left);
}

/** Identifies a state: equal states have equal keys. */
export const keyOf = ({ version, remaining, keys }: Inventory): string =>
  JSON.stringify([version, ...remaining.values(), ...[...keys].toSorted(byKey)]);

const byKey = ([a]: readonly [string, KeyedSale], [b]: readonly [string, KeyedSale]): number =>
  a < b ? -1 : 1;

function sell(state: Inventory, request: RecordedBuy, before: number): Inventory[] {
  const { eventId, quantity, key } = request.question;
  const left = before - quantity;
  const first = (state.capacities.get(eventId) ?? 0) - before + 1;
  // There is no commit to join before the first.
  const versions = state.version === 0 ? [1] : [state.version, state.version + 1];
  return versions.flatMap((version): Inventory[] => {
    const sale = { body: bodyOf(request.question), first, remaining: left, version };
    if (isSale(request) && !matches(request, sale)) return [];
    const keys = key === undefined ? state.keys : new Map(state.keys).set(key, sale);
    return [{ ...state, version, remaining: new Map(state.remaining).set(eventId, left), keys }];
  });
}

const matches = (
  { question, answer }: RecordedSale,
  { first, remaining, version }: KeyedSale,
): boolean =>
  bodyOf(answer) === bodyOf(question) &&
  answer.serials.length === answer.quantity &&
  answer.serials.every((serial, index) => serial === first + index) &&
  answer.remaining === remaining &&
  answer.version === version;

const bodyOf = ({ eventId, customer, quantity }: Omit<Buy, 'kind'>): string =>
  JSON.stringify([eventId, customer, quantity]);
