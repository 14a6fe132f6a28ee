import type { FastifyInstance } from 'fastify';
import { judge } from '../../verdict/judge.js';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { verdictAnswer } from '../schemas.js';
import { answers } from '../validation.js';

/** `GET /verdict`: what was sold so far, counted against what there was to sell. */
export function verdictRoute(app: FastifyInstance, office: AppContext): void {
  const schema = {
    tags: ['office'],
    summary: 'Was every ticket sold once?',
    response: answers(200, verdictAnswer),
  };
  app.get('/verdict', { schema }, async (request) =>
    judge(await readUpstream(request, office.store.history())),
  );
}
