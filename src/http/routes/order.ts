import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Order } from '../../booking/outcomes.js';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse, jsonSchema } from '../json-schema.js';
import { describeOrder } from '../order-details.js';
import { ProblemError } from '../problems.js';
import { unknownEvent } from '../sale-problems.js';
import { type OrderParams, orderDetails, orderParams } from '../schemas.js';
import type { TicketCodes } from '../ticket-codes.js';

/** `GET /orders/:orderId`, and `POST /orders/:orderId/cancel`: for anyone who knows the id. */
export function orderRoutes(
  app: FastifyInstance,
  context: AppContext,
  codes: TicketCodes | undefined,
): void {
  const tags = ['tickets'];
  const params = jsonSchema(orderParams, 'input');

  app.get<{ Params: OrderParams }>(
    '/orders/:orderId',
    {
      config: { problems: [404, 429], expensive: true },
      schema: {
        operationId: 'getOrder',
        tags,
        summary: 'Get an order',
        description:
          'As its buyer received it, and what became of its tickets. Anyone who knows the id may read it; it cannot be guessed.',
        params,
        response: jsonResponse(200, orderDetails),
      },
    },
    async (request) => {
      const order = await find(request);
      return readUpstream(request, describeOrder(order, context, codes));
    },
  );

  app.post<{ Params: OrderParams }>(
    '/orders/:orderId/cancel',
    {
      config: { problems: [404, 409, 429], expensive: true },
      schema: {
        operationId: 'cancelOrder',
        tags,
        summary: 'Put the tickets of an order back on sale',
        description:
          'All of them, unless somebody was let in with one. Their numbers are not used again. A repetition changes nothing and is answered alike.',
        params,
        response: jsonResponse(200, orderDetails),
      },
    },
    async (request) => {
      const order = await find(request);
      const result = await context.queue.submit({ kind: 'cancel', order });
      if (result.kind === 'unknownEvent') throw unknownEvent(result.eventId);
      if (result.kind === 'alreadyAdmitted') {
        const { serial } = result;
        const ticket = await readUpstream(request, context.store.findTicket(order.eventId, serial));
        const { at, door } = ticket?.admission ?? {};
        const admission = { ...(at && { admittedAt: at }), ...(door && { door }) };
        throw new ProblemError('already-admitted', { serial, ...admission });
      }
      return readUpstream(request, describeOrder(order, context, codes));
    },
  );

  async function find(request: FastifyRequest<{ Params: OrderParams }>): Promise<Order> {
    const order = await readUpstream(request, context.store.find(request.params.orderId));
    if (order === undefined) throw new ProblemError('unknown-order');
    return order;
  }
}
