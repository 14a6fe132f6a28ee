import { STATUS_CODES } from 'node:http';
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { jsonSchema } from './json-schema.js';
import { problem } from './problems.js';
import { docsPolicy } from './security-headers.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The statuses of the problems that this route may answer, besides 500 and 503. */
    readonly problems?: readonly number[];
  }
}

/** Every route may fail with these: a bad or unknown Host, an unexpected error, no answer in time. */
const ALWAYS_POSSIBLE = [400, 421, 500, 503];

/** The security of a route that only operators may call, and of one that tells them more. */
export const operatorOnly = [{ operator: [] }];
export const doorOrOperator = [{ door: [] }, { operator: [] }];
export const optionalOperator = [{}, { operator: [] }];

/** Options of @fastify/swagger, which makes the document from the schemas of the routes. */
export const swaggerOptions: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Turnstile',
      version: '1',
      description:
        'Sells tickets. Several processes share one ticket file; a lock decides which of them may write.',
      contact: { name: 'The operators of this server' },
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: '/', description: 'The server that this document comes from' }],
    security: [], // without its own, a route is open to every client
    components: {
      securitySchemes: {
        operator: {
          type: 'http',
          scheme: 'bearer',
          description:
            'The admin token: `ADMIN_TOKEN`, or the content of `admin.token` in the folder of the tickets. A client on the same machine needs none, unless a proxy forwards its request.',
        },
        door: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of a door: `POST /doors` answers it.',
        },
      },
    },
    tags: [
      { name: 'tickets', description: 'Search, hold, buy, cancel' },
      { name: 'organiser', description: 'Events and orders' },
      { name: 'doors', description: 'Let the owners of tickets in' },
      { name: 'operations', description: 'Health, metrics and the verdict' },
      { name: 'lab', description: 'Experiments, each in its own sandbox' },
    ],
  },
  // Problems are added here instead of in the routes, where Fastify would compile a serializer for
  // each of them, only to have the error handler use JSON.stringify.
  transform: ({ schema, url, route }) => ({
    schema: {
      ...schema,
      response: { ...problemResponses(route.config?.problems), ...responsesOf(schema) },
    },
    url,
  }),
};

const responsesOf = (schema: FastifySchema | undefined): object =>
  (schema?.response ?? {}) as object;

function problemResponses(problems: readonly number[] = []): Record<number, unknown> {
  const content = { 'application/problem+json': { schema: jsonSchema(problem) } };
  return Object.fromEntries(
    [...problems, ...ALWAYS_POSSIBLE].map((status) => [
      status,
      { description: STATUS_CODES[status] ?? 'A problem', content },
    ]),
  );
}

/** `GET /openapi.json`. */
export function openapiRoute(app: FastifyInstance): void {
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

/** `GET /docs`: Swagger UI. */
export async function docsRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: docsPolicy,
    uiConfig: { layout: 'BaseLayout' }, // without the bar to choose among documents: there is one
  });
}
