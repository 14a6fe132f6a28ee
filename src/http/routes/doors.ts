import type { FastifyInstance } from 'fastify';
import type { Doors } from '../doors.js';
import { jsonResponse, jsonSchema } from '../json-schema.js';
import { operatorOnly } from '../openapi.js';
import type { Operators } from '../operators.js';
import { ProblemError } from '../problems.js';
import { type DoorBody, doorAnswer, doorBody, doorCode } from '../schemas.js';
import { requireKey } from '../ticket-secret.js';
import { WrongAttempts } from '../wrong-attempts.js';

/** Wrong codes of one client in a minute and in one worker. */
const WRONG_CODES_MAX = 5;

/** `POST /doors` pairs a door, by the code of `GET /doors/code`, which an operator sees. */
export function doorRoutes(
  app: FastifyInstance,
  doors: Doors | undefined,
  operators: Operators,
): void {
  const tags = ['doors'];
  const wrong = new WrongAttempts(WRONG_CODES_MAX);

  app.post<{ Body: DoorBody }>(
    '/doors',
    {
      config: { problems: [400, 403, 413, 415, 429] },
      schema: {
        operationId: 'pairDoor',
        tags,
        summary: 'Pair a door',
        description:
          'With the code that an operator sees now (`GET /doors/code`). The token is valid for a day.',
        body: jsonSchema(doorBody, 'input'),
        response: jsonResponse(201, doorAnswer),
      },
    },
    async (request, reply) => {
      const name = request.body.name.trim();
      if (name === '') throw new ProblemError('malformed', { detail: 'body/name is empty' });
      const known = requireKey(doors);
      wrong.check(request.ip);
      const paired = known.pair(name, request.body.code, Date.now());
      if (paired === undefined) {
        wrong.add(request.ip);
        throw new ProblemError('wrong-door-code');
      }
      reply.code(201).header('Cache-Control', 'no-store');
      return { name, ...paired };
    },
  );

  app.get(
    '/doors/code',
    {
      config: { problems: [401, 403] },
      schema: {
        operationId: 'getDoorCode',
        tags,
        summary: 'Get the code that pairs a door now',
        description: 'For operators. Another one takes its place every 20 seconds (RFC 6238).',
        security: operatorOnly,
        response: jsonResponse(200, doorCode),
      },
    },
    async (request, reply) => {
      operators.require(request);
      reply.header('Cache-Control', 'no-store');
      return requireKey(doors).codeAt(Date.now());
    },
  );
}
