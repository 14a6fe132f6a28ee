import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { ProblemError } from '../problems.js';
import { order, orderParams } from '../schemas.js';
import { answers, jsonSchema } from '../validation.js';

/** `GET /orders/:orderId`: a sale, as its buyer was told. */
export function ordersRoute(app: FastifyInstance, office: AppContext): void {
  app.get<{ Params: z.infer<typeof orderParams> }>(
    '/orders/:orderId',
    {
      schema: {
        tags: ['tickets'],
        summary: 'Look up an order',
        params: jsonSchema(orderParams, 'input'),
        response: answers(200, order, [400, 404]),
      },
    },
    async (request) => {
      const found = await readUpstream(request, office.store.find(request.params.orderId));
      if (found === undefined) throw new ProblemError('unknown-order');
      return found;
    },
  );
}
