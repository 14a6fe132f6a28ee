import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { workersAnswer } from '../schemas.js';
import { answers } from '../validation.js';

/** `GET /workers`: the processes that sell. */
export function workersRoute(app: FastifyInstance, office: AppContext): void {
  const schema = {
    tags: ['office'],
    summary: 'The processes that sell',
    response: answers(200, workersAnswer),
  };
  app.get('/workers', { schema }, async (request) => ({
    workers: await readUpstream(request, office.workers(), 'unavailable'),
  }));
}
