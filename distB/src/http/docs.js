import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { docsPolicy } from './policy.js';
/** One document, so that there is nothing to explore: the bar on top is left out. */
const uiConfig = { layout: 'BaseLayout' };
/** `/openapi.json` and `/docs`, made from the routes' schemas. Register it before the routes. */
export async function serveDocs(app) {
    await app.register(swagger, {
        openapi: {
            openapi: '3.1.0',
            info: {
                title: 'Turnstile',
                version: '1',
                description: 'A ticket office. Several processes sell from one file; a lock decides who may write.',
            },
            tags: [
                { name: 'tickets', description: 'For those who buy' },
                { name: 'office', description: 'For those who sell' },
                { name: 'lab', description: 'Experiments, in a sandbox of their own' },
            ],
        },
    });
    await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: docsPolicy, uiConfig });
    app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
//# sourceMappingURL=docs.js.map