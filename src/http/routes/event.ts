import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type EventDetails, eventOf, type TicketEvent } from '../../booking/inventory.js';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse, jsonSchema } from '../json-schema.js';
import { operatorOnly } from '../openapi.js';
import type { Operators } from '../operators.js';
import { ProblemError } from '../problems.js';
import { unknownEvent } from '../sale-problems.js';
import {
  type EventBody,
  type EventParams,
  eventBody,
  eventParams,
  newEventParams,
  type Preconditions,
  preconditions,
  savedEvent,
} from '../schemas.js';

/** A revision that no event has. */
const NO_REVISION = 0;

/** `/events/:eventId`: one event; operators create, change and remove it. */
export function eventRoutes(app: FastifyInstance, context: AppContext, operators: Operators): void {
  const tags = ['organiser'];
  const config = { problems: [400, 401, 403, 404, 409, 412, 413, 415, 428] };

  app.get<{ Params: EventParams }>(
    '/events/:eventId',
    {
      config: { problems: [404] },
      schema: {
        operationId: 'getEvent',
        tags: ['tickets'],
        summary: 'Get an event',
        description:
          'The ETag is its revision, which counts the edits: it stays the same when tickets are sold.',
        params: jsonSchema(eventParams, 'input'),
        response: jsonResponse(200, savedEvent),
      },
    },
    async (request, reply) => {
      const { eventId } = request.params;
      const event = await find(request);
      if (event === undefined) throw unknownEvent(eventId);
      return describe(reply, eventId, event);
    },
  );

  app.put<{ Params: EventParams; Headers: Preconditions; Body: EventBody }>(
    '/events/:eventId',
    {
      config,
      schema: {
        operationId: 'saveEvent',
        tags,
        summary: 'Create or change an event',
        description:
          'For operators. With `If-None-Match: *` it creates the event, with `If-Match` it changes the revision that you have seen. 412 if somebody else was faster.',
        security: operatorOnly,
        params: jsonSchema(newEventParams, 'input'),
        headers: jsonSchema(preconditions, 'input'),
        body: jsonSchema(eventBody, 'input'),
        response: { ...jsonResponse(200, savedEvent), ...jsonResponse(201, savedEvent) },
      },
    },
    async (request, reply) => {
      operators.require(request);
      const { eventId } = request.params;
      const event = validEvent(request.body);
      const revision = await seenRevision(request);
      const result = await context.queue.submit({
        kind: 'saveEvent',
        eventId,
        event,
        ...(revision !== undefined && { revision }),
      });
      switch (result.kind) {
        case 'saved':
          if (result.created) reply.code(201).header('Location', `/events/${eventId}`);
          return describe(reply, eventId, result.event);
        case 'revisionMismatch':
          throw revisionMismatch(result.revision);
        case 'capacityTooSmall':
          throw new ProblemError('capacity-too-small', { taken: result.taken });
      }
    },
  );

  app.delete<{ Params: EventParams; Headers: Preconditions }>(
    '/events/:eventId',
    {
      config,
      schema: {
        operationId: 'removeEvent',
        tags,
        summary: 'Remove an event that never had a buyer',
        description: 'For operators. 409 once a ticket was sold or is held.',
        security: operatorOnly,
        params: jsonSchema(eventParams, 'input'),
        headers: jsonSchema(preconditions.pick({ 'if-match': true }), 'input'),
        response: { 204: { description: 'The event is gone', type: 'null' } },
      },
    },
    async (request, reply: FastifyReply) => {
      operators.require(request);
      const { eventId } = request.params;
      const hasIfMatch = request.headers['if-match'] !== undefined;
      const revision = hasIfMatch ? await seenRevision(request) : undefined;
      const result = await context.queue.submit({
        kind: 'removeEvent',
        eventId,
        ...(revision !== undefined && { revision }),
      });
      switch (result.kind) {
        case 'removed':
          return reply.code(204).send();
        case 'unknownEvent':
          throw unknownEvent(eventId);
        case 'revisionMismatch':
          throw revisionMismatch(result.revision);
        case 'eventInUse':
          throw new ProblemError('event-in-use');
      }
    },
  );

  async function find(
    request: FastifyRequest<{ Params: EventParams }>,
  ): Promise<TicketEvent | undefined> {
    const { state } = await readUpstream(request, context.store.search());
    return eventOf(state, request.params.eventId);
  }

  /**
   * The revision that the editor has seen; `undefined`: there is no such event.
   *
   * @throws ProblemError `precondition-required` if the request says neither
   */
  async function seenRevision(
    request: FastifyRequest<{ Params: EventParams; Headers: Preconditions }>,
  ): Promise<number | undefined> {
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
    if (ifMatch !== undefined && ifNoneMatch !== undefined) {
      throw new ProblemError('malformed', { detail: 'Send If-Match or If-None-Match, not both' });
    }
    if (ifNoneMatch !== undefined) {
      if (ifNoneMatch.trim() === '*') return undefined;
      throw new ProblemError('malformed', { detail: 'If-None-Match takes * alone here' });
    }
    if (ifMatch === undefined) throw new ProblemError('precondition-required');
    const etags = ifMatch.split(',').map((etag) => etag.trim());
    const single = etags.length === 1 && etags[0] !== '*';
    if (single) return Number(/^"(\d{1,15})"$/.exec(etags[0] ?? '')?.[1] ?? NO_REVISION);
    const current = (await find(request))?.revision ?? NO_REVISION;
    return etags.includes('*') || etags.includes(etagOf(current)) ? current : NO_REVISION;
  }
}

const etagOf = (revision: number): string => `"${revision}"`;

/** It may not be kept: what remains changes without the revision. */
function describe(reply: FastifyReply, eventId: string, event: TicketEvent) {
  reply.header('ETag', etagOf(event.revision)).header('Cache-Control', 'no-store');
  return { id: eventId, ...event };
}

const revisionMismatch = (revision: number): ProblemError =>
  new ProblemError('revision-mismatch', {
    detail:
      revision === NO_REVISION
        ? 'There is no such event'
        : `It has revision ${revision}: read it again, and repeat your change`,
    revision,
  });

/** What the JSON schema cannot say: a file with an invalid event would keep the server from starting. */
function validEvent(body: EventBody): EventDetails {
  const { success, data, error } = eventBody.safeParse(body);
  if (success) return data;
  const [{ path, message } = { path: [], message: '' }] = error.issues;
  throw new ProblemError('malformed', { detail: `body/${path.join('/')} ${message}` });
}
