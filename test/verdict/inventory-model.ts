import type { Buy } from '../../src/booking/outcomes.js';
import {
  isBuy,
  isRefusal,
  isSale,
  isSearch,
  type RecordedBuy,
  type RecordedRequest,
  type RecordedSale,
} from '../../src/verdict/recorded-request.js';

/** What is left of each event, which keys sold what, and how many commits there were. */
export interface Inventory {
  readonly version: number;
  readonly capacities: ReadonlyMap<string, number>;
  readonly left: ReadonlyMap<string, number>;
  readonly keys: ReadonlyMap<string, KeyedSale>;
}

/** What was asked for with a key, and what was told. */
interface KeyedSale {
  readonly body: string;
  readonly first: number;
  readonly left: number;
  readonly version: number;
}

/** An inventory of which nothing is sold. */
export const freshInventory = (capacities: ReadonlyMap<string, number>): Inventory => ({
  version: 0,
  capacities,
  left: capacities,
  keys: new Map(),
});

/**
 * The states in which an inventory may be after it has answered this request with this answer, all
 * at one moment; none, if it cannot have. Pure.
 *
 * There may be two, because a sale either makes a commit of its own or joins the one before it, and
 * where no answer came nobody was told which. A request without an answer is stepped only when it
 * takes effect.
 */
export function step(state: Inventory, request: RecordedRequest): Inventory[] {
  const stays = (legal: boolean): Inventory[] => (legal ? [state] : []);
  if (isSearch(request)) {
    const { version, events } = request.answer;
    const seen = events.every(({ id, remaining }) => state.left.get(id) === remaining);
    return stays(seen && version === state.version);
  }
  if (!isBuy(request)) return [state];

  const { eventId, quantity, key } = request.question;
  const left = state.left.get(eventId);
  const keyed = key === undefined ? undefined : state.keys.get(key);
  if (isRefusal(request)) {
    const { requested, remaining } = request.answer;
    const soldOut = left !== undefined && left < quantity && left === remaining;
    return stays(soldOut && requested === quantity && keyed === undefined);
  }
  if (isSale(request) && keyed !== undefined) {
    return stays(keyed.body === bodyOf(request.question) && tells(request, keyed));
  }
  const status = request.answer?.status;
  if (status === 404) return stays(left === undefined);
  if (status === 422) return stays(keyed !== undefined && keyed.body !== bodyOf(request.question));
  if (status !== undefined && status !== 201 && status < 500) return [state];
  if (keyed !== undefined || left === undefined || left < quantity) return [];
  return sell(state, request, left);
}

/** What a state is told apart by. */
export const nameOf = ({ version, left, keys }: Inventory): string =>
  JSON.stringify([version, ...left.values(), ...[...keys].toSorted(byKey)]);

const byKey = ([a]: readonly [string, KeyedSale], [b]: readonly [string, KeyedSale]): number =>
  a < b ? -1 : 1;

function sell(state: Inventory, request: RecordedBuy, before: number): Inventory[] {
  const { eventId, quantity, key } = request.question;
  const left = before - quantity;
  const first = (state.capacities.get(eventId) ?? 0) - before + 1;
  // Nothing can join the state before the first commit.
  const versions = state.version === 0 ? [1] : [state.version, state.version + 1];
  return versions.flatMap((version): Inventory[] => {
    const sale = { body: bodyOf(request.question), first, left, version };
    if (isSale(request) && !tells(request, sale)) return [];
    const keys = key === undefined ? state.keys : new Map(state.keys).set(key, sale);
    return [{ ...state, version, left: new Map(state.left).set(eventId, left), keys }];
  });
}

const tells = ({ question, answer }: RecordedSale, { first, left, version }: KeyedSale): boolean =>
  bodyOf(answer) === bodyOf(question) &&
  answer.serials.length === answer.quantity &&
  answer.serials.every((serial, index) => serial === first + index) &&
  answer.remaining === left &&
  answer.version === version;

const bodyOf = ({ eventId, customer, quantity }: Buy): string =>
  JSON.stringify([eventId, customer, quantity]);
