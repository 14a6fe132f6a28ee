import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** What Vite makes of `src/web`; see vite.config.ts. */
const folder = fileURLToPath(new URL('../../web/', import.meta.url));

/** The page: `GET /`, and the files that it loads from `/page/assets/`. */
export async function pageRoutes(app: FastifyInstance): Promise<void> {
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
