import type { FastifyInstance } from 'fastify';
import type { Office } from '../office.js';
import { ProblemError } from '../problems.js';
import { status } from '../schemas.js';
import { answers } from '../validation.js';

/** `GET /livez`: the process answers. `GET /readyz`: it can sell. `GET /metrics`: what it counted. */
export function healthRoutes(app: FastifyInstance, office: Office): void {
  const live = { summary: 'Does it answer?', response: answers(200, status, []) };
  app.get('/livez', { schema: live }, async () => ({ status: 'alive' }));

  const ready = { summary: 'Can it sell?', response: answers(200, status, [503]) };
  app.get('/readyz', { schema: ready }, async () => {
    if (office.queue.draining) throw new ProblemError('draining');
    await office.store.search();
    return { status: 'ready' };
  });

  const metrics = {
    summary: "Prometheus' text format, summed over all workers",
    produces: ['text/plain'],
  };
  app.get('/metrics', { schema: metrics }, async (_request, reply) => {
    reply.type('text/plain; version=0.0.4; charset=utf-8');
    return office.metrics();
  });
}
