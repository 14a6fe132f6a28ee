import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse } from '../json-schema.js';
import { ProblemError } from '../problems.js';
import { ledgerAnswer } from '../schemas.js';

/** `GET /ledger`: the newest lines of the ledger, and whether each counts. */
export function ledgerRoute(app: FastifyInstance, context: AppContext): void {
  const schema = {
    operationId: 'getLedger',
    tags: ['operations'],
    summary: 'Get the newest commits, chained by their hashes',
    response: jsonResponse(200, ledgerAnswer),
  };
  app.get('/ledger', { schema, config: { problems: [501] } }, async (request) => {
    const recentCommits = context.store.recentCommits?.();
    if (recentCommits === undefined) {
      const detail = `The ${context.storeName} store chains no commits`;
      throw new ProblemError('not-supported', { detail });
    }
    return { lines: await readUpstream(request, recentCommits) };
  });
}
