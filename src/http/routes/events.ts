import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { InventoryStream } from '../inventory-stream.js';
import { ProblemError } from '../problems.js';
import { problemAnswers } from '../validation.js';

const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' };

/** `GET /events`: what is left, told as it changes, whichever process sold it. */
export function eventsRoute(app: FastifyInstance, office: AppContext): void {
  const live = new InventoryStream(office);
  app.addHook('preClose', async () => live.end());
  const schema = {
    tags: ['tickets'],
    summary: 'Be told what is left as it changes',
    description:
      'Server-sent events: `hello` once, then `counts` with `{version, remaining: {eventId: number}}` of what changed.',
    response: {
      200: {
        description: 'A stream that goes on until one side closes it',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
      ...problemAnswers(),
    },
  };
  app.get('/events', { schema }, (request, reply) => {
    if (request.method === 'HEAD') return reply.headers(headers).send();
    if (office.queue.draining) throw new ProblemError('draining');
    if (live.full) throw new ProblemError('unavailable', { detail: 'Too many listen already' });
    reply.hijack(); // it has no end that Fastify could wait for
    reply.raw.writeHead(200, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...headers });
    live.add(reply.raw);
    return reply;
  });
}
