import type { Order } from '../src/booking/outcomes.js';

/** The answer to every buy of the two reference rows. */
export const constantSale: Order = {
  kind: 'sold',
  orderId: '0-AAAAAAAAAAAAAAAA',
  eventId: 'world-stream',
  customer: 'bench',
  quantity: 1,
  serials: [1],
  remaining: 49_999_999,
  version: 1,
};
