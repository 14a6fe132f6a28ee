import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyError, FastifyInstance } from 'fastify';
import { ProblemError } from '../problems.js';

/** What Vite makes of `src/web`; see vite.config.ts. */
const folder = fileURLToPath(new URL('../../web/', import.meta.url));

/** The page: `GET /`, and the files that it loads from `/page/assets/`. */
export async function pageRoutes(app: FastifyInstance): Promise<void> {
  const { errorHandler } = app;
  // @fastify/static answers 403 to a directory and to a path that leaves its folder.
  app.setErrorHandler<FastifyError>((error, request, reply) =>
    errorHandler(
      error.statusCode === 403 ? new ProblemError('unknown-route') : error,
      request,
      reply,
    ),
  );
  await app.register(fastifyStatic, {
    root: `${folder}assets`,
    prefix: '/page/assets/',
    index: false,
    preCompressed: true,
    // A file's name contains the hash of its content.
    immutable: true,
    maxAge: '1y',
    lastModified: false,
  });
  app.get('/', { schema: { hide: true } }, (_request, reply) =>
    reply
      .header('Cache-Control', 'no-cache')
      .sendFile('index.html', folder, { cacheControl: false }),
  );
}
