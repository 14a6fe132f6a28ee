import type { FastifyInstance } from 'fastify';
import { reading } from '../errors.js';
import type { Office } from '../office.js';
import { workersAnswer } from '../schemas.js';
import { answers } from '../validation.js';

/** `GET /workers`: the processes that sell. */
export function workersRoute(app: FastifyInstance, office: Office): void {
  const schema = {
    tags: ['office'],
    summary: 'The processes that sell',
    response: answers(200, workersAnswer),
  };
  app.get('/workers', { schema }, async (request) => ({
    workers: await reading(request, office.workers(), 'unavailable'),
  }));
}
