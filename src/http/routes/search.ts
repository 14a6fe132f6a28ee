import { createHash } from 'node:crypto';
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
} from 'fastify';
import { EventIndex, type Page, type Position, type Query } from '../../booking/search.js';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse, jsonSchema } from '../json-schema.js';
import { ProblemError } from '../problems.js';
import { type SearchQuery, searchAnswer, searchQuery } from '../schemas.js';
import { SearchCache } from '../search-cache.js';
import { withTimeLimit } from '../time-limit.js';

/**
 * `GET /search`: the events, and their remaining tickets.
 *
 * @param timeoutMs how long the store may take
 */
export function searchRoute(app: FastifyInstance, context: AppContext, timeoutMs: number): void {
  const cache = new SearchCache();
  let index: { readonly tag: string; readonly events: EventIndex } | undefined;
  app.get<{ Querystring: SearchQuery }>(
    '/search',
    {
      preValidation: rejectUnencodedPlus,
      config: { limitsItself: true }, // an abort signal per request took 8 % of its processor time
      schema: {
        operationId: 'searchEvents',
        tags: ['tickets'],
        summary: 'Find events and their remaining tickets',
        description:
          'Ordered by start, then by id. The ETag changes with every sale, so a poll costs little.',
        querystring: jsonSchema(searchQuery, 'input'),
        response: {
          ...jsonResponse(200, searchAnswer),
          304: { description: 'Unchanged since the ETag in `If-None-Match`', type: 'null' },
        },
      },
    },
    async (request, reply) => {
      const { state, tag } = await readUpstream(
        request,
        withTimeLimit(timeoutMs, context.store.search()),
      );
      let answer = cache.get(request.url, tag);
      if (answer === undefined) {
        const query = parseQuery(request.query);
        if (index?.tag !== tag) index = { tag, events: new EventIndex(state) };
        const found = toAnswer(index.events.find(query), state.version, context);
        const body = String(reply.serializeInput(found, '200'));
        const etag = makeEtag(tag, query, context);
        answer = cache.set(request.url, { state: tag, etag, body });
      }
      const { etag, body } = answer;
      reply.header('ETag', etag).header('Cache-Control', 'no-cache');
      if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send();
      return reply.type('application/json; charset=utf-8').serializer(alreadySerialized).send(body);
    },
  );
}

/** In a query a plus is a space, so the offset of `from=…T20:00:00+02:00` arrives without its sign. */
function rejectUnencodedPlus(
  { query }: FastifyRequest,
  _reply: FastifyReply,
  done: HookHandlerDoneFunction,
): void {
  const times = query as Readonly<Record<string, unknown>>;
  const name = ['from', 'to'].find((each) => hasLostPlus(times[each]));
  const detail = `${name} has a space where an offset needs a plus: percent-encode the plus, as %2B`;
  done(name === undefined ? undefined : new ProblemError('malformed', { detail }));
}

const hasLostPlus = (time: unknown): boolean =>
  typeof time === 'string' && /T[\d:.]+ \d\d:\d\d$/.test(time);

const alreadySerialized = (body: string): string => body;

function toAnswer({ events, next }: Page, version: number, context: AppContext) {
  return {
    version,
    store: context.storeName,
    lockMode: context.lockModeName,
    events,
    next: next === undefined ? null : encodeCursor(next),
  };
}

function parseQuery({ q, available, from, to, limit, cursor }: SearchQuery): Query {
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

/** Whether `If-None-Match` contains this ETag, weak or strong, or `*`. */
function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const etags = ifNoneMatch.split(',').map(withoutWeakPrefix);
  return etags.includes(withoutWeakPrefix(etag)) || etags.includes('*');
}

const withoutWeakPrefix = (etag: string): string => etag.trim().replace(/^W\//, '');

/** A hash of the state's tag and the parsed query, so every worker makes the same ETag. */
function makeEtag(tag: string, query: Query, context: AppContext): string {
  const key = JSON.stringify([query, context.storeName, context.lockModeName]);
  return `"${createHash('sha256').update(tag).update(key).digest('base64url').slice(0, 27)}"`;
}
