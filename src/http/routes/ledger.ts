import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { ProblemError } from '../problems.js';
import { ledgerAnswer } from '../schemas.js';
import { answers } from '../validation.js';

/** `GET /ledger`: the newest lines of the ledger, and which of them count. */
export function ledgerRoute(app: FastifyInstance, office: AppContext): void {
  const schema = {
    tags: ['office'],
    summary: 'The newest commits, chained by their hashes',
    response: answers(200, ledgerAnswer, [501]),
  };
  app.get('/ledger', { schema }, async (request) => {
    const recentCommits = office.store.recentCommits?.();
    if (recentCommits === undefined) {
      const detail = `The ${office.storeName} store chains no commits`;
      throw new ProblemError('not-supported', { detail });
    }
    return { lines: await readUpstream(request, recentCommits) };
  });
}
