import { pipeline, Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { FastifyInstance } from 'fastify';
import type { TicketState } from '../../booking/inventory.js';
import type { OrdersPage, PlacedOrder } from '../../booking/store.js';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse, jsonSchema } from '../json-schema.js';
import { operatorOnly } from '../openapi.js';
import type { Operators } from '../operators.js';
import { statusOf } from '../order-details.js';
import {
  type ExportQuery,
  exportQuery,
  type OrdersQuery,
  ordersAnswer,
  ordersQuery,
} from '../schemas.js';

/** Orders that an export reads at once. */
const EXPORT_PAGE = 500;

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
      const read = (after?: string) => context.store.orders({ eventId, after, limit: EXPORT_PAGE });
      const { state } = await readUpstream(request, context.store.search());
      const first = await readUpstream(request, read()); // if this fails, there is still a status
      const csv = stringify({
        header: true,
        columns,
        record_delimiter: 'windows', // CR LF
        escape_formulas: true,
      });
      pipeline(Readable.from(rowsOf(first, read, state)), csv, (error) => {
        if (error) request.log.error({ err: error }, 'export of orders failed');
      });
      return reply
        .type('text/csv; charset=utf-8; header=present')
        .header('Content-Disposition', 'attachment; filename="orders.csv"')
        .send(csv);
    },
  );
}

const columns = [
  'orderId',
  'eventId',
  'customer',
  'quantity',
  'serials',
  'total',
  'currency',
  'status',
  'soldAt',
];

async function* rowsOf(
  first: OrdersPage,
  read: (after: string) => Promise<OrdersPage>,
  state: TicketState,
) {
  let page = first;
  while (true) {
    for (const order of page.orders) yield toRow(order, state);
    if (page.next === undefined) return;
    page = await read(page.next);
  }
}

const toRow = (order: PlacedOrder, state: TicketState) => ({
  orderId: order.orderId,
  eventId: order.eventId,
  customer: order.customer,
  quantity: order.quantity,
  serials: order.serials.join(' '),
  total: order.total?.amount,
  currency: order.total?.currency,
  status: statusOf(order, state),
  soldAt: order.at,
});
