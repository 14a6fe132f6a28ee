import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { AppContext } from '../app-context.js';
import { ProblemError } from '../problems.js';
import { buyBody, buyHeaders, sale } from '../schemas.js';
import { answers, jsonSchema } from '../validation.js';

/** `POST /buy`: tickets of one event, all that were asked for or none. */
export function buyRoute(app: FastifyInstance, office: AppContext): void {
  app.post<{ Body: z.infer<typeof buyBody>; Headers: z.infer<typeof buyHeaders> }>(
    '/buy',
    {
      config: { endsByItself: true },
      schema: {
        tags: ['tickets'],
        summary: 'Buy tickets',
        description: 'A timeout, or a 5xx that does not say "nothing was sold", means: unknown.',
        headers: jsonSchema(buyHeaders, 'input'),
        body: jsonSchema(buyBody, 'input'),
        response: answers(201, sale, [400, 404, 409, 413, 415, 422, 501]),
      },
    },
    async (request, reply) => {
      const key = keyOf(request.headers['idempotency-key']);
      if (key !== undefined && !office.store.remembersKeys) {
        const detail = `The ${office.storeName} store remembers no idempotency keys; nothing was sold`;
        throw new ProblemError('not-supported', { detail });
      }
      const buy = request.body;
      const results = await office.queue.buy(key === undefined ? buy : { ...buy, key });
      switch (results.kind) {
        case 'sold': {
          reply.code(201).header('Location', `/orders/${results.orderId}`);
          return { ...results, worker: office.worker };
        }
        case 'soldOut': {
          const { remaining, requested } = results;
          throw new ProblemError('sold-out', { remaining, requested });
        }
        case 'keyReused':
          throw new ProblemError('key-reused', { detail: 'This key belongs to another sale' });
        case 'unknownEvent':
          throw new ProblemError('unknown-event', {
            detail: `There is no event ${results.eventId}`,
          });
      }
    },
  );
}

const KEY_LENGTH_MAX = 255;

/** The key in an `Idempotency-Key` header, which may stand in quotes. */
function keyOf(header: string | undefined): string | undefined {
  const key = /^"(.*)"$/.exec(header ?? '')?.[1] ?? header;
  if (key === undefined || (key.length > 0 && key.length <= KEY_LENGTH_MAX)) return key;
  const detail = `Idempotency-Key must have 1 to ${KEY_LENGTH_MAX} characters`;
  throw new ProblemError('malformed', { detail });
}
