import { UserError } from '../../user-error.js';
import type { ClientAnswer, ClientRequest } from '../send-at-once.js';
import { judgeAdmissions } from '../verb-results.js';
import {
  authorization,
  buyOrders,
  clientsOfRound,
  count,
  crowd,
  type RaceSetup,
  requireOperator,
  type VerbRaceResult,
} from './race.js';

/** Many doors scan one ticket, several times: two let somebody in. */
export async function raceToAdmit(setup: RaceSetup): Promise<VerbRaceResult> {
  const orders = await buyOrders(setup, 1);
  const answers: ClientAnswer[] = [];
  for (const { orderId, eventId, serials } of orders) {
    const { tickets } = await setup.get(`/orders/${orderId}`);
    const code = tickets?.[0]?.code;
    if (typeof code !== 'string') throw new UserError('this server gives its tickets no codes');
    const request: ClientRequest = {
      method: 'POST',
      path: '/admissions',
      body: { code },
      headers: authorization(setup),
      question: { kind: 'admit', eventId, serial: serials[0] ?? 0 },
    };
    answers.push(...(await crowd(setup, Array(clientsOfRound(setup)).fill(request))));
  }
  requireOperator(answers);
  const [admitted, refused] = [count(answers, 201), count(answers, 409)];
  const unknown = answers.length - admitted - refused;
  return {
    ...judgeAdmissions({ tickets: orders.length, admitted, refused, unknown }),
    rows: [
      ['tickets', orders.length],
      ['told "come in"', admitted],
      ['told "already in"', refused],
    ],
  };
}
