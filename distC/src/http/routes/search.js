import { createHash } from 'node:crypto';
import { search } from '../../booking/search.js';
import { reading } from '../errors.js';
import { matchesTag } from '../etag.js';
import { ProblemError } from '../problems.js';
import { searchAnswer, searchQuery } from '../schemas.js';
import { answers, jsonSchema } from '../validation.js';
/** `GET /search`: the events, and how many tickets are left. */
export function searchRoute(app, office) {
    app.get('/search', {
        schema: {
            tags: ['tickets'],
            summary: 'Find events and see how many tickets are left',
            querystring: jsonSchema(searchQuery, 'input'),
            response: {
                ...answers(200, searchAnswer, [400]),
                304: { description: 'As `If-None-Match` has it', type: 'null' },
            },
        },
    }, async (request, reply) => {
        const query = queryOf(request.query);
        const { state, tag } = await reading(request, office.store.search());
        const etag = etagOf(tag, query, office);
        reply.header('ETag', etag).header('Cache-Control', 'no-cache');
        if (matchesTag(request.headers['if-none-match'], etag))
            return reply.code(304).send();
        const { events, next } = search(state, query);
        return {
            version: state.version,
            store: office.storeName,
            lockMode: office.lockModeName,
            events,
            next: next === undefined ? null : encodeCursor(next),
        };
    });
}
function queryOf({ q, available, from, to, limit, cursor }) {
    return {
        limit,
        ...(q === undefined ? {} : { q }),
        ...(available === undefined ? {} : { available }),
        ...(from === undefined ? {} : { from: Date.parse(from) }),
        ...(to === undefined ? {} : { to: Date.parse(to) }),
        ...(cursor === undefined ? {} : { after: decodeCursor(cursor) }),
    };
}
const encodeCursor = ({ startsAt, id }) => Buffer.from(`${startsAt} ${id}`).toString('base64url');
function decodeCursor(cursor) {
    const [, startsAt, id] = /^(-?\d{1,16}) (.+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
    if (startsAt === undefined || id === undefined) {
        throw new ProblemError('malformed', {
            detail: 'cursor must be the `next` of an earlier answer',
        });
    }
    return { startsAt: Number(startsAt), id };
}
/** Made of the state's hash and the question: the same question of the same state has the same answer. */
function etagOf(tag, query, office) {
    const question = JSON.stringify([query, office.storeName, office.lockModeName]);
    return `"${createHash('sha256').update(tag).update(question).digest('base64url').slice(0, 27)}"`;
}
//# sourceMappingURL=search.js.map