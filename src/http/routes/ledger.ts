import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse } from '../json-schema.js';
import { operatorOnly } from '../openapi.js';
import type { Operators } from '../operators.js';
import { ProblemError } from '../problems.js';
import { ledgerAnswer } from '../schemas.js';

/** `GET /ledger`, for operators: the newest lines of the ledger, and whether each counts. */
export function ledgerRoute(app: FastifyInstance, context: AppContext, operators: Operators): void {
  const schema = {
    operationId: 'getLedger',
    tags: ['operations'],
    summary: 'Get the newest commits, chained by their hashes',
    description: 'Oldest first, also those that do not count. 501 if the store chains no commits.',
    security: operatorOnly,
    response: jsonResponse(200, ledgerAnswer),
  };
  const config = { problems: [401, 403, 429, 501], expensive: true };
  app.get('/ledger', { schema, config }, async (request) => {
    operators.require(request);
    const recentCommits = context.store.recentCommits?.();
    if (recentCommits === undefined) {
      const detail = `The ${context.storeName} store chains no commits`;
      throw new ProblemError('not-supported', { detail });
    }
    return { lines: await readUpstream(request, recentCommits) };
  });
}
