import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse } from '../json-schema.js';
import { workersAnswer } from '../schemas.js';

/** `GET /workers`: the status of every worker process. */
export function workersRoute(app: FastifyInstance, context: AppContext): void {
  const schema = {
    operationId: 'listWorkers',
    tags: ['operations'],
    summary: 'List the worker processes',
    response: jsonResponse(200, workersAnswer),
  };
  app.get('/workers', { schema }, async (request) => ({
    workers: await readUpstream(request, context.workers(), 'unavailable'),
  }));
}
