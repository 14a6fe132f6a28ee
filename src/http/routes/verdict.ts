import type { FastifyInstance } from 'fastify';
import { judge } from '../../verdict/judge.js';
import type { Office } from '../office.js';
import { verdictAnswer } from '../schemas.js';
import { answers } from '../validation.js';

/** `GET /verdict`: what was sold so far, counted against what there was to sell. */
export function verdictRoute(app: FastifyInstance, office: Office): void {
  const schema = {
    summary: 'Was every ticket sold once?',
    response: answers(200, verdictAnswer, [503]),
  };
  app.get('/verdict', { schema }, async () => judge(await office.store.history()));
}
