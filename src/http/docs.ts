import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RouteOptions,
} from 'fastify';
import { handleErrors, readUpstream } from './error-handler.js';
import { madeOnce } from './made-once.js';
import { docsPolicy } from './policy.js';

/** One document, so that there is nothing to explore: the bar on top is left out. */
const uiConfig = { layout: 'BaseLayout' };

/**
 * `/openapi.json` and `/docs`, made from the routes' schemas. Call it before the routes.
 *
 * An application of their own answers them. It is built at the first question, not at the start: what
 * it loads took a tenth of every worker's start, and most workers are never asked.
 */
export function serveDocs(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push({ ...route }));

  const docs = madeOnce(() => buildDocs(routes, app.log));
  const pass = async (request: FastifyRequest, reply: FastifyReply) => {
    const { url, headers } = request;
    const asked = await readUpstream(request, docs(), 'unavailable');
    // For a HEAD too: of its answer Fastify sends the head alone.
    const answer = await asked.inject({ method: 'GET', url, headers });
    const { connection: _, ...its } = answer.headers; // it is not that of whoever asks
    reply.code(answer.statusCode).headers(its);
    return reply.send(answer.rawPayload.length > 0 ? answer.rawPayload : undefined);
  };
  const schema = { hide: true };
  for (const url of ['/openapi.json', '/docs', '/docs/*']) app.get(url, { schema }, pass);
}

/** What draws the documents of these routes. It listens nowhere. */
async function buildDocs(
  routes: readonly RouteOptions[],
  log: FastifyBaseLogger,
): Promise<FastifyInstance> {
  const [swagger, swaggerUi] = await Promise.all([
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ]);
  const docs = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
  });
  docs.setValidatorCompiler(() => () => true); // nobody comes through here to buy
  docs.setSerializerCompiler(() => JSON.stringify);
  handleErrors(docs);
  await docs.register(swagger.default, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Turnstile',
        version: '1',
        description:
          'A ticket office. Several processes sell from one file; a lock decides who may write.',
      },
      tags: [
        { name: 'tickets', description: 'For those who buy' },
        { name: 'office', description: 'For those who sell' },
        { name: 'lab', description: 'Experiments, in a sandbox of their own' },
      ],
    },
  });
  await docs.register(swaggerUi.default, { routePrefix: '/docs', staticCSP: docsPolicy, uiConfig });
  docs.get('/openapi.json', { schema: { hide: true } }, async () => docs.swagger());
  for (const { method, url, schema } of routes) {
    if (method === 'HEAD' || schema?.hide) continue;
    docs.route({ method, url, schema: schema ?? {}, handler: () => undefined });
  }
  await docs.ready();
  return docs;
}
