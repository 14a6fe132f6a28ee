import { randomBytes } from 'node:crypto';
import type { Order } from '../../src/booking/outcomes.js';
import type { Tally } from '../../src/verdict/tally.js';

/** A sale as a peer keeps it, under the number that it has there. */
export interface NumberedSale {
  readonly number: number;
  /** What nobody guesses: 96 bits, as the ids of the office's own stores have. */
  readonly secret: string;
  readonly eventId: string;
  readonly customer: string;
  readonly quantity: number;
  /** Its first serial; the others follow. */
  readonly first: number;
  readonly remaining: number;
}

export const newSecret = (): string => randomBytes(12).toString('base64url');

/** The order of a sale. Each sale is a commit, so its number is the version, too. */
export const orderOf = ({ number, secret, first, ...sale }: NumberedSale): Order => ({
  ...sale,
  kind: 'sold',
  orderId: idOf(number, secret),
  serials: Array.from({ length: sale.quantity }, (_, ticket) => first + ticket),
  version: number,
});

export const idOf = (number: number, secret: string): string => `${number.toString(36)}-${secret}`;

/** The number in an order's id; 0 of what is none. */
export const numberIn = (orderId: string): number =>
  parseInt(/^([0-9a-z]{1,10})-/.exec(orderId)?.[1] ?? '', 36) || 0;

export function countOrder(tally: Tally, { orderId, version, eventId, serials }: Order): void {
  tally.add({ commit: orderId, version, eventId, serials });
}
