import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { holdOf } from '../../booking/inventory.js';
import type { Order } from '../../booking/outcomes.js';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { type KeyHeaders, keyHeaders, keyOf } from '../idempotency-key.js';
import { jsonResponse, jsonSchema } from '../json-schema.js';
import { describeNewOrder, describeOrder } from '../order-details.js';
import { ProblemError } from '../problems.js';
import { ticketProblem } from '../sale-problems.js';
import {
  type BuyBody,
  buyBody,
  type HoldDetails,
  type HoldParams,
  holdDetails,
  holdParams,
  newHold,
  orderDetails,
} from '../schemas.js';
import type { TicketCodes } from '../ticket-codes.js';
import { withTimeLimit } from '../time-limit.js';

/** `/holds`: tickets that are off sale while their buyer pays. */
export function holdRoutes(
  app: FastifyInstance,
  context: AppContext,
  codes: TicketCodes | undefined,
  timeoutMs: number,
): void {
  const tags = ['tickets'];
  const params = jsonSchema(holdParams, 'input');

  app.post<{ Body: BuyBody; Headers: KeyHeaders }>(
    '/holds',
    {
      config: { problems: [400, 404, 409, 413, 415, 422, 501], limitsItself: true },
      schema: {
        operationId: 'holdTickets',
        tags,
        summary: 'Hold tickets while their buyer pays',
        description: `The tickets are off sale for ${context.holdSeconds} seconds: confirm the hold before, or release it.`,
        headers: jsonSchema(keyHeaders, 'input'),
        body: jsonSchema(buyBody, 'input'),
        response: jsonResponse(201, newHold),
      },
    },
    async (request, reply) => {
      const result = await context.queue.submit({
        kind: 'hold',
        ...request.body,
        holdId: `h${randomUUID()}`, // unguessable: who knows it may confirm the hold
        seconds: context.holdSeconds,
        ...keyOf(request.headers, context),
      });
      if (result.kind === 'tooManyHolds') throw new ProblemError('too-many-holds');
      if (result.kind !== 'held') throw ticketProblem(result);
      reply.code(201).header('Location', `/holds/${result.holdId}`);
      return { ...result, expiresAt: result.until };
    },
  );

  app.get<{ Params: HoldParams }>(
    '/holds/:holdId',
    {
      config: { problems: [404, 410, 429], expensive: true },
      schema: {
        operationId: 'getHold',
        tags,
        summary: 'Get a hold',
        description: 'With `orderId` once it is confirmed; 410 once it expired or was released.',
        params,
        response: jsonResponse(200, holdDetails),
      },
    },
    async (request): Promise<HoldDetails> => {
      const { holdId } = request.params;
      const { state } = await readUpstream(request, context.store.search());
      const found = holdOf(state, holdId);
      if (found !== undefined) {
        const { until, ...hold } = found;
        // Its release may not be committed yet.
        if (isOver(until, state.at)) throw new ProblemError('hold-expired');
        return { ...hold, holdId, status: 'held', expiresAt: until, version: state.version };
      }
      const { orderId, eventId, customer, quantity, total } = await confirmedOrder(request);
      const { version } = state;
      const order = { orderId, eventId, customer, quantity, ...(total && { total }) };
      return { holdId, status: 'confirmed', ...order, version };
    },
  );

  app.post<{ Params: HoldParams }>(
    '/holds/:holdId/confirm',
    {
      config: { problems: [404, 410], limitsItself: true },
      schema: {
        operationId: 'confirmHold',
        tags,
        summary: 'Sell the tickets of a hold',
        description: 'Before its time is over. A repetition answers the same order, with 200.',
        params,
        response: { ...jsonResponse(201, orderDetails), ...jsonResponse(200, orderDetails) },
      },
    },
    async (request, reply) => {
      const result = await context.queue.submit({ kind: 'confirm', holdId: request.params.holdId });
      if (result.kind === 'holdExpired') throw new ProblemError('hold-expired');
      const isNew = result.kind === 'sold';
      const details = isNew
        ? describeNewOrder(result, codes) // without a read
        : await withTimeLimit(timeoutMs, describeConfirmed(request));
      reply.code(isNew ? 201 : 200).header('Location', `/orders/${details.orderId}`);
      return details;
    },
  );

  app.delete<{ Params: HoldParams }>(
    '/holds/:holdId',
    {
      config: { problems: [404, 409] },
      schema: {
        operationId: 'releaseHold',
        tags,
        summary: 'Put the tickets of a hold back on sale',
        description: 'A repetition, and one after its time, changes nothing and is answered alike.',
        params,
        response: { 204: { description: 'The tickets are not held any more', type: 'null' } },
      },
    },
    async (request, reply: FastifyReply) => {
      const { holdId } = request.params;
      const { kind } = await context.queue.submit({ kind: 'release', holdId });
      if (kind === 'unknownHold') {
        const ended = await readUpstream(request, context.store.findEndedHold(holdId));
        if (ended === undefined) throw new ProblemError('unknown-hold');
        if (ended.end === 'confirmed') {
          const { orderId } = ended.order;
          const detail = 'Its tickets come back on sale when the order is cancelled';
          throw new ProblemError('hold-confirmed', { detail, orderId });
        }
      }
      return reply.code(204).send();
    },
  );

  /** The order of a hold that was confirmed before, as it is now. */
  async function describeConfirmed(request: FastifyRequest<{ Params: HoldParams }>) {
    const order = await confirmedOrder(request);
    return readUpstream(request, describeOrder(order, context, codes));
  }

  /** @throws ProblemError if the hold did not become an order */
  async function confirmedOrder(request: FastifyRequest<{ Params: HoldParams }>): Promise<Order> {
    const ended = await readUpstream(request, context.store.findEndedHold(request.params.holdId));
    if (ended === undefined) throw new ProblemError('unknown-hold');
    if (ended.end === 'confirmed') return ended.order;
    throw new ProblemError(ended.end === 'expired' ? 'hold-expired' : 'hold-released');
  }
}

/** Whether a time is over, by this machine's clock or by the newest commit. */
const isOver = (until: string, at = ''): boolean =>
  until <= at || until <= new Date().toISOString();
