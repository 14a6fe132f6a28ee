import { reading } from '../errors.js';
import { ProblemError } from '../problems.js';
import { ledgerAnswer } from '../schemas.js';
import { answers } from '../validation.js';
/** `GET /ledger`: the newest lines of the ledger, and which of them count. */
export function ledgerRoute(app, office) {
    const schema = {
        tags: ['office'],
        summary: 'The newest commits, chained by their hashes',
        response: answers(200, ledgerAnswer, [501]),
    };
    app.get('/ledger', { schema }, async (request) => {
        const newest = office.store.newest?.();
        if (newest === undefined) {
            const detail = `The ${office.storeName} store chains no commits`;
            throw new ProblemError('not-supported', { detail });
        }
        return { lines: await reading(request, newest) };
    });
}
//# sourceMappingURL=ledger.js.map