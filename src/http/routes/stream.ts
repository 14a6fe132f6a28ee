import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AppContext } from '../app-context.js';
import { ClientLimit } from '../client-limit.js';
import { InventoryStream } from '../inventory-stream.js';
import { jsonSchema } from '../json-schema.js';
import { ProblemError } from '../problems.js';
import { tooManyRequests } from '../request-limits.js';
import { apiHeaders } from '../security-headers.js';

const streamHeaders = z.looseObject({
  'last-event-id': z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'The version that a client received last; browsers send it' }),
});

const headers = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache',
  'X-Accel-Buffering': 'no', // nginx would collect the events before it sends them on
};

/** Most streams of one client per worker: a quarter of all, so that it cannot take every place. */
const STREAMS_PER_CLIENT_MAX = 64;

/** `GET /stream`: a stream of the remaining tickets as they change, whichever worker sells them. */
export function streamRoute(app: FastifyInstance, context: AppContext): void {
  const stream = new InventoryStream(context);
  const clients = new ClientLimit(STREAMS_PER_CLIENT_MAX);
  app.addHook('preClose', async () => stream.end());
  const schema = {
    operationId: 'streamInventory',
    tags: ['tickets'],
    summary: 'Stream the remaining tickets as they change',
    description:
      'Server-sent events: `hello` once, then `counts` with `{version, remaining: {eventId: number}}` of the events that changed, and `sales` with `{open: [eventId], closed: [eventId]}` when a sale begins or ends, and `edits` with `{saved: [eventId], removed: [eventId]}` when operators create, change or remove events. Their `id` is the version: after a reconnect with `Last-Event-ID`, the counts of all events are sent anew.',
    headers: jsonSchema(streamHeaders, 'input'),
    response: {
      200: {
        description: 'A stream that lasts until one side closes it',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
    },
  };
  app.get('/stream', { schema, config: { problems: [429] } }, (request, reply) => {
    if (request.method === 'HEAD') return reply.headers(headers).send();
    if (context.queue.draining) throw new ProblemError('draining');
    if (stream.full) throw new ProblemError('unavailable', { detail: 'Too many listen already' });
    const leave = clients.enter(request.ip);
    if (leave === undefined) throw tooManyRequests(request, `${STREAMS_PER_CLIENT_MAX} streams`);
    reply.raw.once('close', leave);
    reply.hijack(); // Fastify must not wait for its end; this also skips the onSend hooks
    const sent = reply.getHeaders() as OutgoingHttpHeaders;
    reply.raw.writeHead(200, { ...sent, ...apiHeaders, ...headers });
    stream.add(reply.raw, request.headers['last-event-id']?.toString());
    return reply;
  });
  // Its address before; a client of then finds it there.
  app.get('/events', { schema: { hide: true } }, (_request, reply) =>
    reply.redirect('/stream', 308),
  );
}
