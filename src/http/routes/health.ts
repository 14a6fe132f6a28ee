import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { ProblemError } from '../problems.js';
import { status } from '../schemas.js';
import { answers, problemAnswers } from '../validation.js';

/** `GET /livez`: the process answers. `GET /readyz`: it can sell. `GET /metrics`: what it counted. */
export function healthRoutes(app: FastifyInstance, office: AppContext): void {
  const live = { tags: ['office'], summary: 'Does it answer?', response: answers(200, status) };
  app.get('/livez', { schema: live }, async () => ({ status: 'alive' }));

  const ready = { tags: ['office'], summary: 'Can it sell?', response: answers(200, status) };
  app.get('/readyz', { schema: ready }, async (request) => {
    if (office.queue.draining) throw new ProblemError('draining');
    await readUpstream(request, office.store.search());
    return { status: 'ready' };
  });

  const metrics = {
    tags: ['office'],
    summary: "Prometheus' text format, summed over all workers",
    response: {
      200: { description: 'As asked', content: { 'text/plain': { schema: { type: 'string' } } } },
      ...problemAnswers(),
    },
  };
  app.get('/metrics', { schema: metrics }, async (request, reply) => {
    const text = await readUpstream(request, office.metrics(), 'unavailable');
    reply.type('text/plain; version=0.0.4; charset=utf-8');
    return text;
  });
}
