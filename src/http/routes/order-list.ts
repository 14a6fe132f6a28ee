import type { FastifyInstance } from 'fastify';
import { allOrders, ordersCsv, statusOf } from '../../booking/export-orders.js';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse, jsonSchema } from '../json-schema.js';
import { operatorOnly } from '../openapi.js';
import type { Operators } from '../operators.js';
import {
  type ExportQuery,
  exportQuery,
  type OrdersQuery,
  ordersAnswer,
  ordersQuery,
} from '../schemas.js';

/** `GET /orders` and `GET /orders.csv`, for operators: who bought what. */
export function orderListRoutes(
  app: FastifyInstance,
  context: AppContext,
  operators: Operators,
): void {
  const tags = ['organiser'];
  app.get<{ Querystring: OrdersQuery }>(
    '/orders',
    {
      config: { problems: [400, 401, 403, 429], expensive: true },
      schema: {
        operationId: 'listOrders',
        tags,
        summary: 'List the orders',
        description: 'For operators, in the order in which they were sold.',
        security: operatorOnly,
        querystring: jsonSchema(ordersQuery, 'input'),
        response: jsonResponse(200, ordersAnswer),
      },
    },
    async (request, reply) => {
      operators.require(request);
      const { eventId, limit, cursor } = request.query;
      const { state } = await readUpstream(request, context.store.search());
      const query = { eventId, limit, after: cursor };
      const { orders, next } = await readUpstream(request, context.store.orders(query));
      if (next !== undefined) {
        const params = new URLSearchParams({ limit: String(limit), cursor: next });
        if (eventId !== undefined) params.set('eventId', eventId);
        reply.header('Link', `</orders?${params}>; rel="next"`);
      }
      return {
        orders: orders.map((order) => ({
          ...order,
          status: statusOf(order, state),
          soldAt: order.at,
        })),
        next: next ?? null,
      };
    },
  );

  app.get<{ Querystring: ExportQuery }>(
    '/orders.csv',
    {
      // What is streamed may take longer than the limit of a handler.
      config: { problems: [400, 401, 403, 429], expensive: true, limitsItself: true },
      schema: {
        operationId: 'exportOrders',
        tags,
        summary: 'Export the orders as CSV',
        description:
          'For operators: RFC 4180, with a header. `total` is in minor units of the currency. A text that a spreadsheet would take for a formula begins with an apostrophe.',
        security: operatorOnly,
        querystring: jsonSchema(exportQuery, 'input'),
        response: {
          200: {
            description: 'All orders, or those of one event',
            content: { 'text/csv': { schema: { type: 'string' } } },
          },
        },
      },
    },
    async (request, reply) => {
      operators.require(request);
      const { eventId } = request.query;
      const { state } = await readUpstream(request, context.store.search());
      await readUpstream(request, context.store.orders({ eventId, limit: 1 })); // else there is still a status
      const csv = ordersCsv(allOrders(context.store, eventId), state);
      csv.once('error', (error) => request.log.error({ err: error }, 'export of orders failed'));
      return reply
        .type('text/csv; charset=utf-8; header=present')
        .header('Content-Disposition', 'attachment; filename="orders.csv"')
        .send(csv);
    },
  );
}
