import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { ClientLimit } from '../client-limit.js';
import { InventoryStream } from '../inventory-stream.js';
import { tooManyRequests } from '../limit-clients.js';
import { ProblemError } from '../problems.js';
import { apiHeaders } from '../security-headers.js';

const headers = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache',
  'X-Accel-Buffering': 'no', // nginx would collect the events before it sends them on
};

/** Most streams of one client per worker: a quarter of all, so that it cannot take every place. */
const STREAMS_PER_CLIENT_MAX = 64;

/** `GET /events`: a stream of the remaining tickets as they change, whichever worker sells them. */
export function eventsRoute(app: FastifyInstance, context: AppContext): void {
  const stream = new InventoryStream(context);
  const clients = new ClientLimit(STREAMS_PER_CLIENT_MAX);
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
  app.get('/events', { schema, config: { problems: [429] } }, (request, reply) => {
    if (request.method === 'HEAD') return reply.headers(headers).send();
    if (context.queue.draining) throw new ProblemError('draining');
    if (stream.full) throw new ProblemError('unavailable', { detail: 'Too many listen already' });
    const leave = clients.enter(request.ip);
    if (leave === undefined) throw tooManyRequests(request, `${STREAMS_PER_CLIENT_MAX} streams`);
    reply.raw.once('close', leave);
    reply.hijack(); // Fastify must not wait for its end; this also skips the onSend hooks
    const sent = reply.getHeaders() as OutgoingHttpHeaders;
    reply.raw.writeHead(200, { ...sent, ...apiHeaders, ...headers });
    stream.add(reply.raw);
    return reply;
  });
}
