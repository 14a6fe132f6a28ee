import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse } from '../json-schema.js';
import { optionalOperator } from '../openapi.js';
import type { Operators } from '../operators.js';
import { type WorkerStatus, workersAnswer } from '../schemas.js';

/** `GET /workers`: the worker processes. Their details are for operators. */
export function workersRoute(
  app: FastifyInstance,
  context: AppContext,
  operators: Operators,
): void {
  const schema = {
    operationId: 'listWorkers',
    tags: ['operations'],
    summary: 'List the worker processes',
    description:
      'Operators get everything about each worker. Other clients get `name`, `alive` and `state` alone.',
    security: optionalOperator,
    response: jsonResponse(200, workersAnswer),
  };
  const config = { problems: [401, 429], expensive: true };
  app.get('/workers', { schema, config }, async (request) => {
    const isOperator = operators.includes(request);
    const workers = await readUpstream(request, context.workers(), 'unavailable');
    return { workers: isOperator ? workers : workers.map(publicPart) };
  });
}

const publicPart = ({ name, alive, state }: WorkerStatus) => ({ name, alive, state });
