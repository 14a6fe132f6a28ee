import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse, jsonSchema } from '../json-schema.js';
import { operatorOnly } from '../openapi.js';
import type { Operators } from '../operators.js';
import { ProblemError } from '../problems.js';
import { type OrderParams, orderParams, outboxAnswer, resendAnswer } from '../schemas.js';

/** `GET /outbox` and `POST /orders/:orderId/resend`, for operators: what the webhook was told. */
export function outboxRoutes(
  app: FastifyInstance,
  context: AppContext,
  operators: Operators,
): void {
  app.get(
    '/outbox',
    {
      config: { problems: [401, 403, 429], expensive: true },
      schema: {
        operationId: 'getOutbox',
        tags: ['operations'],
        summary: 'Get the state of the outbox',
        description:
          'For operators: what was delivered to the webhook, what waits, what was given up.',
        security: operatorOnly,
        response: jsonResponse(200, outboxAnswer),
      },
    },
    async (request) => {
      operators.require(request);
      return readUpstream(request, context.outbox.status(), 'unavailable');
    },
  );

  app.post<{ Params: OrderParams }>(
    '/orders/:orderId/resend',
    {
      config: { problems: [401, 403, 404, 409, 429], expensive: true },
      schema: {
        operationId: 'resendOrder',
        tags: ['organiser'],
        summary: 'Deliver an order to the webhook once more',
        description:
          'For operators, when a mail was lost. It is a new `order.created` with an id of its own, so that its receiver does not take it for a repetition.',
        security: operatorOnly,
        params: jsonSchema(orderParams, 'input'),
        response: jsonResponse(202, resendAnswer),
      },
    },
    async (request, reply) => {
      operators.require(request);
      const { store, outbox } = context;
      const order = await readUpstream(request, store.find(request.params.orderId));
      if (order === undefined) throw new ProblemError('unknown-order');
      const result = await readUpstream(request, outbox.resend(order), 'unavailable');
      if (result === 'off') throw new ProblemError('no-webhook');
      if (result === 'full') throw new ProblemError('outbox-full');
      reply.code(202);
      return { orderId: order.orderId, status: 'queued' };
    },
  );
}
