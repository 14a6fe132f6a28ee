import {
  type BuyOrder,
  fetchJson,
  HttpError,
  type NewHold,
  type OrderDetails,
  post,
  request,
  type Sale,
} from './api.js';
import { asSold, loadOrders, removeOrder, type StoredOrder, storeOrder } from './order-storage.js';
import type { SaleWindow } from './sale-window.js';

/** Why tickets were neither sold nor held. */
export type Refusal =
  | { readonly kind: 'soldOut'; readonly remaining: number }
  | ({ readonly kind: 'notOnSale' } & SaleWindow)
  /** The time of the hold was over. */
  | { readonly kind: 'expired' }
  /** A retry may succeed. */
  | { readonly kind: 'busy' }
  /** A retry will not help. */
  | { readonly kind: 'refused'; readonly title: string }
  /** The store remembers no idempotency keys. */
  | { readonly kind: 'noKeys' };

/** No answer: the order may have been sold or not. */
interface Unknown {
  readonly kind: 'unknown';
}

export type HoldResult = { readonly kind: 'held'; readonly hold: NewHold } | Refusal | Unknown;
export type OrderResult =
  | { readonly kind: 'sold'; readonly order: Sale | OrderDetails }
  | Refusal
  | Unknown;

/** Takes tickets off sale for a while. Repeated with the same key, it holds them once. */
export const holdTickets = (order: BuyOrder, key: string): Promise<HoldResult> =>
  orRefusal(async () => ({
    kind: 'held',
    hold: await fetchJson<NewHold>('/holds', post(order, { key })),
  }));

/** Puts held tickets back on sale. It may fail: then their time will be over sooner or later. */
export function releaseHold({ holdId }: Pick<NewHold, 'holdId'>): void {
  const path = `/holds/${encodeURIComponent(holdId)}`;
  // `keepalive`: it is sent although the page is being closed.
  request(path, { method: 'DELETE', keepalive: true }).catch(() => {});
}

/**
 * Sends an order, and records what became of it. It is stored before it is sent, so that it is not
 * forgotten when its form or the whole page is closed before the answer. With a hold or a key it may
 * be sent again: it is sold once.
 */
export async function sendOrder(order: StoredOrder): Promise<OrderResult> {
  const mayBeSold = loadOrders().some(({ id }) => id === order.id); // it was sent before
  storeOrder(order);
  const result = await orRefusal<OrderResult>(async () => ({
    kind: 'sold',
    order: await (order.holdId === undefined ? buy(order) : confirm(order.holdId)),
  }));
  if (result.kind === 'sold') storeOrder(asSold(order, result.order));
  else if (mayBeSold && !isFinal[result.kind]) return { kind: 'unknown' };
  else if (result.kind !== 'unknown') removeOrder(order);
  return result;
}

/** Whether a refusal says that the order was not sold at any earlier attempt either. */
const isFinal: Readonly<Record<(Refusal | Unknown)['kind'], boolean>> = {
  soldOut: true,
  notOnSale: true,
  expired: true,
  busy: false,
  refused: false,
  noKeys: false,
  unknown: false,
};

/** Whether an order without an answer may be sent again. */
export const canAskAgain = ({ holdId, key }: StoredOrder): boolean =>
  holdId !== undefined || key !== undefined;

const buy = ({ eventId, customer, quantity, key }: StoredOrder): Promise<Sale> =>
  fetchJson<Sale>('/buy', post({ eventId, customer, quantity }, { key }));

const confirm = (holdId: string): Promise<OrderDetails> =>
  fetchJson<OrderDetails>(`/holds/${encodeURIComponent(holdId)}/confirm`, post());

async function orRefusal<Result>(
  attempt: () => Promise<Result>,
): Promise<Result | Refusal | Unknown> {
  try {
    return await attempt();
  } catch (error) {
    return error instanceof HttpError ? refusalOf(error) : { kind: 'unknown' };
  }
}

function refusalOf({ status, problem }: HttpError): Refusal | Unknown {
  const { kind, title, remaining = 0, salesFrom, salesUntil } = problem;
  switch (kind) {
    case 'sold-out':
      return { kind: 'soldOut', remaining };
    case 'not-on-sale':
      return { kind: 'notOnSale', salesFrom, salesUntil };
    case 'hold-expired':
    case 'hold-released':
    case 'unknown-hold':
      return { kind: 'expired' };
    case 'not-supported':
      return { kind: 'noKeys' };
    case 'unknown-event':
      return { kind: 'refused', title: 'This event is not on sale any more' };
  }
  if (status === 429) return { kind: 'busy' };
  if (status < 500) return { kind: 'refused', title };
  // The server states it when it is certain; after any other 5xx the result is unknown.
  return /nothing was (sold|held)$/.test(title) ? { kind: 'busy' } : { kind: 'unknown' };
}
