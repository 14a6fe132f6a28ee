import { reading } from '../errors.js';
import { workersAnswer } from '../schemas.js';
import { answers } from '../validation.js';
/** `GET /workers`: the processes that sell. */
export function workersRoute(app, office) {
    const schema = {
        tags: ['office'],
        summary: 'The processes that sell',
        response: answers(200, workersAnswer),
    };
    app.get('/workers', { schema }, async (request) => ({
        workers: await reading(request, office.workers(), 'unavailable'),
    }));
}
//# sourceMappingURL=workers.js.map