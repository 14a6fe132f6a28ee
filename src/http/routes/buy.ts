import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Office } from '../office.js';
import { ProblemError } from '../problems.js';
import { buyBody, buyHeaders, sale } from '../schemas.js';
import { answers, jsonSchema } from '../validation.js';

/** `POST /buy`: tickets of one event, all that were asked for or none. */
export function buyRoute(app: FastifyInstance, office: Office): void {
  app.post<{ Body: z.infer<typeof buyBody>; Headers: z.infer<typeof buyHeaders> }>(
    '/buy',
    {
      schema: {
        tags: ['tickets'],
        summary: 'Buy tickets',
        description: 'A timeout, or a 5xx that does not say "nothing was sold", means: unknown.',
        headers: jsonSchema(buyHeaders, 'input'),
        body: jsonSchema(buyBody, 'input'),
        response: answers(201, sale, [400, 404, 409, 413, 415, 501]),
      },
    },
    async (request, reply) => {
      if (request.headers['idempotency-key'] !== undefined && !office.store.remembersKeys) {
        const detail = `The ${office.storeName} store remembers no idempotency keys; nothing was sold`;
        throw new ProblemError('not-supported', { detail });
      }
      const told = await office.queue.buy(request.body);
      switch (told.kind) {
        case 'sold': {
          reply.code(201).header('Location', `/orders/${told.orderId}`);
          return { ...told, worker: office.worker };
        }
        case 'soldOut': {
          const { remaining, requested } = told;
          throw new ProblemError('sold-out', { remaining, requested });
        }
        case 'unknownEvent':
          throw new ProblemError('unknown-event', { detail: `There is no event ${told.eventId}` });
      }
    },
  );
}
