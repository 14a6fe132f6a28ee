import {
  type ClientAnswer,
  type ClientRequest,
  type SendOptions,
  sendAtOnce,
} from './send-at-once.js';

/** The result of one buyer. `unknown`: no answer, or one that leaves the result open. */
export type BuyerResult =
  | { readonly kind: 'sold'; readonly serials: readonly number[] }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown'; readonly why: string };

export interface BuyOptions extends SendOptions {
  /** Tickets per buyer. */
  readonly quantity?: number;
}

/**
 * Buys with many clients at once, each over its own connection.
 *
 * @throws UserError when no server listens at `url`
 */
export async function buyAtOnce(
  url: URL,
  eventId: string,
  buyers: number,
  { quantity = 1, ...options }: BuyOptions = {},
): Promise<BuyerResult[]> {
  const requests = Array.from({ length: buyers }, (_, index): ClientRequest => {
    const body = { eventId, customer: `buyer ${index + 1}`, quantity };
    return { method: 'POST', path: '/buy', body, question: { kind: 'buy', ...body } };
  });
  return (await sendAtOnce(url, requests, options)).map(resultOf);
}

function resultOf({ status, body, why }: ClientAnswer): BuyerResult {
  if (status === 409) return { kind: 'refused' };
  if (status !== 201) return { kind: 'unknown', why };
  return { kind: 'sold', serials: body.serials };
}
