import { judge } from '../../verdict/judge.js';
import { reading } from '../errors.js';
import { verdictAnswer } from '../schemas.js';
import { answers } from '../validation.js';
/** `GET /verdict`: what was sold so far, counted against what there was to sell. */
export function verdictRoute(app, office) {
    const schema = {
        tags: ['office'],
        summary: 'Was every ticket sold once?',
        response: answers(200, verdictAnswer),
    };
    app.get('/verdict', { schema }, async (request) => judge(await reading(request, office.store.history())));
}
//# sourceMappingURL=verdict.js.map