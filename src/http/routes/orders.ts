import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse, jsonSchema } from '../json-schema.js';
import { ProblemError } from '../problems.js';
import { type OrderParams, order, orderParams } from '../schemas.js';

/** `GET /orders/:orderId`: a sale, as `POST /buy` answered it. */
export function ordersRoute(app: FastifyInstance, context: AppContext): void {
  app.get<{ Params: OrderParams }>(
    '/orders/:orderId',
    {
      config: { problems: [404, 429], expensive: true },
      schema: {
        operationId: 'getOrder',
        tags: ['tickets'],
        summary: 'Get an order',
        description:
          'As its buyer received it. Anyone who knows the id may read it; it cannot be guessed.',
        params: jsonSchema(orderParams, 'input'),
        response: jsonResponse(200, order),
      },
    },
    async (request) => {
      const found = await readUpstream(request, context.store.find(request.params.orderId));
      if (found === undefined) throw new ProblemError('unknown-order');
      return found;
    },
  );
}
