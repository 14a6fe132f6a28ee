import type { ClientAnswer, ClientRequest } from '../send-at-once.js';
import { judgeCancellations } from '../verb-results.js';
import {
  buyOrders,
  clientsOfRound,
  count,
  crowd,
  type RaceSetup,
  ROUNDS,
  type VerbRaceResult,
} from './race.js';

/** Tickets of an order that is cancelled. */
const TICKETS_MAX = 10;

/** A server serves this many cancellations of one client at once in each worker. */
const CANCELLATIONS_MAX = 30;

/** Many clients cancel one order, several times: its tickets are put back on sale twice. */
export async function raceToCancel(setup: RaceSetup): Promise<VerbRaceResult> {
  const each = Math.min(TICKETS_MAX, Math.max(1, Math.floor((await setup.remaining()) / ROUNDS)));
  const orders = await buyOrders(setup, each);
  const before = await setup.remaining();
  const clients = Math.min(CANCELLATIONS_MAX, clientsOfRound(setup));
  const answers: ClientAnswer[] = [];
  for (const { orderId, eventId, serials } of orders) {
    const request: ClientRequest = {
      method: 'POST',
      path: `/orders/${orderId}/cancel`,
      question: { kind: 'cancel', orderId, eventId, serials },
    };
    answers.push(...(await crowd(setup, Array(clients).fill(request))));
  }
  const after = await setup.remaining();
  const cancelled = count(answers, 200);
  const unknown = answers.length - cancelled;
  const quantity = each * orders.length;
  return {
    ...judgeCancellations({ before, quantity, orders: orders.length, cancelled, after, unknown }),
    rows: [
      ['orders', orders.length],
      ['tickets of them', quantity],
      ['told "cancelled"', cancelled],
      ['put back on sale', after - before],
    ],
  };
}
