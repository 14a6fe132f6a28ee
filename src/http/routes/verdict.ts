import type { FastifyInstance } from 'fastify';
import { judge } from '../../verdict/judge.js';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse } from '../json-schema.js';
import { verdictAnswer } from '../schemas.js';

/** `GET /verdict`: whether any ticket was oversold, sold twice or lost so far. */
export function verdictRoute(app: FastifyInstance, context: AppContext): void {
  const schema = {
    operationId: 'getVerdict',
    tags: ['operations'],
    summary: 'Check that every ticket was sold once',
    description:
      'Compares what buyers were told with what remains. `inconclusive` if nothing was sold yet.',
    response: jsonResponse(200, verdictAnswer),
  };
  app.get('/verdict', { schema, config: { problems: [429], expensive: true } }, async (request) =>
    judge(await readUpstream(request, context.store.history())),
  );
}
