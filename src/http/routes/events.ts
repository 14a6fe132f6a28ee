import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { InventoryStream } from '../inventory-stream.js';
import { ProblemError } from '../problems.js';
import { apiHeaders } from '../security-headers.js';

const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' };

/** `GET /events`: a stream of the remaining tickets as they change, whichever worker sells them. */
export function eventsRoute(app: FastifyInstance, context: AppContext): void {
  const stream = new InventoryStream(context);
  app.addHook('preClose', async () => stream.end());
  const schema = {
    operationId: 'streamInventory',
    tags: ['tickets'],
    summary: 'Stream the remaining tickets as they change',
    description:
      'Server-sent events: `hello` once, then `counts` with `{version, remaining: {eventId: number}}` of the events that changed.',
    response: {
      200: {
        description: 'A stream that lasts until one side closes it',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
    },
  };
  app.get('/events', { schema }, (request, reply) => {
    if (request.method === 'HEAD') return reply.headers(headers).send();
    if (context.queue.draining) throw new ProblemError('draining');
    if (stream.full) throw new ProblemError('unavailable', { detail: 'Too many listen already' });
    reply.hijack(); // Fastify must not wait for its end; this also skips the onSend hooks
    const sent = reply.getHeaders() as OutgoingHttpHeaders;
    reply.raw.writeHead(200, { ...sent, ...apiHeaders, ...headers });
    stream.add(reply.raw);
    return reply;
  });
}
