import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse } from '../json-schema.js';
import { ProblemError } from '../problems.js';
import { status } from '../schemas.js';

/** `GET /livez`: the process responds. `GET /readyz`: it can sell. `GET /metrics`: for Prometheus. */
export function healthRoutes(app: FastifyInstance, context: AppContext): void {
  const live = {
    operationId: 'checkLiveness',
    tags: ['operations'],
    summary: 'Check that a worker responds',
    response: jsonResponse(200, status),
  };
  app.get('/livez', { schema: live }, async () => ({ status: 'alive' }));

  const ready = {
    operationId: 'checkReadiness',
    tags: ['operations'],
    summary: 'Check that a worker can sell',
    response: jsonResponse(200, status),
  };
  app.get('/readyz', { schema: ready }, async (request) => {
    if (context.closing() || context.queue.draining) throw new ProblemError('draining');
    await readUpstream(request, context.store.search());
    return { status: 'ready' };
  });

  const metrics = {
    operationId: 'getMetrics',
    tags: ['operations'],
    summary: 'Get the metrics of all workers together',
    response: {
      200: {
        description: 'The Prometheus text format',
        content: { 'text/plain': { schema: { type: 'string' } } },
      },
    },
  };
  app.get('/metrics', { schema: metrics }, async (request, reply) => {
    const text = await readUpstream(request, context.metrics(), 'unavailable');
    reply.type('text/plain; version=0.0.4; charset=utf-8');
    return text;
  });
}
