import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { type KeyHeaders, keyHeaders, keyOf } from '../idempotency-key.js';
import { jsonResponse, jsonSchema } from '../json-schema.js';
import { isLocalClient } from '../local-client.js';
import { ticketProblem } from '../sale-problems.js';
import { type BuyBody, buyBody, sale } from '../schemas.js';

/** `POST /buy`: tickets for one event, all or nothing. */
export function buyRoute(app: FastifyInstance, context: AppContext): void {
  app.post<{ Body: BuyBody; Headers: KeyHeaders }>(
    '/buy',
    {
      config: { problems: [400, 404, 409, 413, 415, 422, 501], limitsItself: true },
      schema: {
        operationId: 'buyTickets',
        tags: ['tickets'],
        summary: 'Buy tickets',
        description:
          'After a client-side timeout, or a 5xx without "nothing was sold", the outcome is unknown.',
        headers: jsonSchema(keyHeaders, 'input'),
        body: jsonSchema(buyBody, 'input'),
        response: jsonResponse(201, sale),
      },
    },
    async (request, reply) => {
      const key = keyOf(request.headers, context);
      const result = await context.queue.submit({ kind: 'buy', ...request.body, ...key });
      if (result.kind !== 'sold') throw ticketProblem(result);
      reply.code(201).header('Location', `/orders/${result.orderId}`);
      // A buyer elsewhere needs no process id. The race on this machine shows it.
      return isLocalClient(request) ? { ...result, worker: context.worker } : result;
    },
  );
}
