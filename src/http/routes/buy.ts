import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { jsonResponse, jsonSchema } from '../json-schema.js';
import { isLocalClient } from '../local-client.js';
import { ProblemError } from '../problems.js';
import { type BuyBody, type BuyHeaders, buyBody, buyHeaders, sale } from '../schemas.js';

/** `POST /buy`: tickets for one event, all or nothing. */
export function buyRoute(app: FastifyInstance, context: AppContext): void {
  app.post<{ Body: BuyBody; Headers: BuyHeaders }>(
    '/buy',
    {
      config: { problems: [400, 404, 409, 413, 415, 422, 501], limitsItself: true },
      schema: {
        operationId: 'buyTickets',
        tags: ['tickets'],
        summary: 'Buy tickets',
        description:
          'After a client-side timeout, or a 5xx without "nothing was sold", the outcome is unknown.',
        headers: jsonSchema(buyHeaders, 'input'),
        body: jsonSchema(buyBody, 'input'),
        response: jsonResponse(201, sale),
      },
    },
    async (request, reply) => {
      const key = parseKey(request.headers['idempotency-key']);
      if (key !== undefined && !context.store.remembersKeys) {
        const detail = `The ${context.storeName} store remembers no idempotency keys; nothing was sold`;
        throw new ProblemError('not-supported', { detail });
      }
      const buy = request.body;
      const result = await context.queue.buy(key === undefined ? buy : { ...buy, key });
      switch (result.kind) {
        case 'sold': {
          reply.code(201).header('Location', `/orders/${result.orderId}`);
          // A buyer elsewhere needs no process id. The race on this machine shows it.
          return isLocalClient(request) ? { ...result, worker: context.worker } : result;
        }
        case 'soldOut': {
          const { remaining, requested } = result;
          throw new ProblemError('sold-out', { remaining, requested });
        }
        case 'keyReused':
          throw new ProblemError('key-reused', { detail: 'This key belongs to another sale' });
        case 'unknownEvent':
          throw new ProblemError('unknown-event', {
            detail: `There is no event ${result.eventId}`,
          });
      }
    },
  );
}

const KEY_LENGTH_MAX = 255;

/** The value of an `Idempotency-Key` header, which may be quoted. */
function parseKey(header: string | undefined): string | undefined {
  const key = /^"(.*)"$/.exec(header ?? '')?.[1] ?? header;
  if (key === undefined || (key.length > 0 && key.length <= KEY_LENGTH_MAX)) return key;
  const detail = `Idempotency-Key must have 1 to ${KEY_LENGTH_MAX} characters`;
  throw new ProblemError('malformed', { detail });
}
