import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { TicketState } from '../../booking/inventory.js';
import { type Position, type Query, search } from '../../booking/search.js';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { matchesTag } from '../etag.js';
import { ProblemError } from '../problems.js';
import { searchAnswer, searchQuery } from '../schemas.js';
import { SearchCache } from '../search-cache.js';
import { answers, jsonSchema } from '../validation.js';

type SearchQuery = z.infer<typeof searchQuery>;

/** `GET /search`: the events, and how many tickets are left. */
export function searchRoute(app: FastifyInstance, office: AppContext): void {
  const recent = new SearchCache();
  app.get<{ Querystring: SearchQuery }>(
    '/search',
    {
      schema: {
        tags: ['tickets'],
        summary: 'Find events and see how many tickets are left',
        querystring: jsonSchema(searchQuery, 'input'),
        response: {
          ...answers(200, searchAnswer, [400]),
          304: { description: 'As `If-None-Match` has it', type: 'null' },
        },
      },
    },
    async (request, reply) => {
      const { state, tag } = await readUpstream(request, office.store.search());
      let answer = recent.find(request.url, tag);
      if (answer === undefined) {
        const query = queryOf(request.query);
        const body = String(reply.serializeInput(answerOf(state, query, office), '200'));
        const etag = etagOf(tag, query, office);
        answer = recent.keep(request.url, { state: tag, etag, body });
      }
      const { etag, body } = answer;
      reply.header('ETag', etag).header('Cache-Control', 'no-cache');
      if (matchesTag(request.headers['if-none-match'], etag)) return reply.code(304).send();
      return reply.type('application/json; charset=utf-8').serializer(asItIs).send(body);
    },
  );
}

/** What was printed already needs no printing. */
const asItIs = (body: string): string => body;

function answerOf(state: TicketState, query: Query, office: AppContext) {
  const { events, next } = search(state, query);
  return {
    version: state.version,
    store: office.storeName,
    lockMode: office.lockModeName,
    events,
    next: next === undefined ? null : encodeCursor(next),
  };
}

function queryOf({ q, available, from, to, limit, cursor }: SearchQuery): Query {
  return {
    limit,
    ...(q === undefined ? {} : { q }),
    ...(available === undefined ? {} : { available }),
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(to === undefined ? {} : { to: Date.parse(to) }),
    ...(cursor === undefined ? {} : { after: decodeCursor(cursor) }),
  };
}

const encodeCursor = ({ startsAt, id }: Position): string =>
  Buffer.from(`${startsAt} ${id}`).toString('base64url');

function decodeCursor(cursor: string): Position {
  const [, startsAt, id] =
    /^(-?\d{1,16}) (.+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (startsAt === undefined || id === undefined) {
    throw new ProblemError('malformed', {
      detail: 'cursor must be the `next` of an earlier answer',
    });
  }
  return { startsAt: Number(startsAt), id };
}

/** Made of the state's hash and the question: the same question of the same state has the same answer. */
function etagOf(tag: string, query: Query, office: AppContext): string {
  const question = JSON.stringify([query, office.storeName, office.lockModeName]);
  return `"${createHash('sha256').update(tag).update(question).digest('base64url').slice(0, 27)}"`;
}
