import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Office } from '../office.js';
import { ProblemError } from '../problems.js';
import { order, orderParams } from '../schemas.js';
import { answers, jsonSchema } from '../validation.js';

/** `GET /orders/:orderId`: a sale, as its buyer was told. */
export function ordersRoute(app: FastifyInstance, office: Office): void {
  app.get<{ Params: z.infer<typeof orderParams> }>(
    '/orders/:orderId',
    {
      schema: {
        summary: 'Look up an order',
        params: jsonSchema(orderParams, 'input'),
        response: answers(200, order, [400, 404, 503]),
      },
    },
    async ({ params }) => {
      const found = await office.store.find(params.orderId);
      if (found === undefined) throw new ProblemError('unknown-order');
      return found;
    },
  );
}
