import { reading } from '../errors.js';
import { labCatalogue, labRequest, labRunParams, labStatus } from '../lab-schemas.js';
import { ProblemError } from '../problems.js';
import { refuseOtherPages } from '../same-origin.js';
import { answers, jsonSchema } from '../validation.js';
/** `/lab`: experiments, in a sandbox of their own. An office that has no lab has no such routes. */
export function labRoutes(app, lab) {
    const tags = ['lab'];
    const params = jsonSchema(labRunParams, 'input');
    const onRequest = refuseOtherPages(lab.anyHost);
    app.get('/lab/scenarios', {
        onRequest,
        schema: {
            tags,
            summary: 'What can be asked for by name',
            response: answers(200, labCatalogue, [403]),
        },
    }, async () => lab.catalogue);
    app.post('/lab/runs', {
        onRequest,
        schema: {
            tags,
            summary: 'Run an experiment',
            description: 'One at a time over all workers; 503 while another one runs.',
            body: jsonSchema(labRequest, 'input'),
            response: answers(202, labStatus, [400, 403, 413, 415]),
        },
    }, async (request, reply) => {
        const begun = lab.ask({ verb: 'begin', request: request.body });
        const status = statusOf(await reading(request, begun, 'unavailable'));
        return reply.code(202).header('Location', `/lab/runs/${status.id}`).send(status);
    });
    app.get('/lab/runs/:id', {
        onRequest,
        schema: {
            tags,
            summary: 'How far an experiment has come, and what it showed',
            params,
            response: answers(200, labStatus, [400, 403, 404]),
        },
    }, async (request) => {
        const { id } = request.params;
        return statusOf(await reading(request, lab.ask({ verb: 'look', id }), 'unavailable'));
    });
    app.delete('/lab/runs/:id', {
        onRequest,
        schema: {
            tags,
            summary: 'Stop an experiment',
            params,
            response: answers(200, labStatus, [400, 403, 404]),
        },
    }, async (request) => {
        const { id } = request.params;
        return statusOf(await reading(request, lab.ask({ verb: 'stop', id }), 'unavailable'));
    });
}
function statusOf(reply) {
    switch (reply.kind) {
        case 'status':
            return reply.status;
        case 'busy':
            throw new ProblemError('lab-busy');
        case 'unusable':
            throw new ProblemError('malformed', { detail: reply.why });
        case 'unknown':
            throw new ProblemError('unknown-run');
    }
}
//# sourceMappingURL=lab.js.map