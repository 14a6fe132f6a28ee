import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** What Vite makes of `src/web`; see vite.config.ts. */
const folder = fileURLToPath(new URL('../../web/', import.meta.url));

/**
 * Takes a client at its word that accepts anything but gzip. (@fastify/static reads the `*` of
 * `gzip;q=0, *` as gzip.)
 */
export const acceptedEncodings = (header: string): string =>
  /\b(x-)?gzip\s*;\s*q\s*=\s*0(\.0*)?\s*(,|$)/i.test(header)
    ? header.replaceAll('*', 'identity')
    : header;

/** The page: `GET /`, and the files that it loads from `/page/assets/`. */
export async function pageRoutes(app: FastifyInstance): Promise<void> {
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    const header = raw.headers['accept-encoding'];
    if (typeof header === 'string') raw.headers['accept-encoding'] = acceptedEncodings(header);
    done();
  });
  await app.register(fastifyStatic, {
    root: `${folder}assets`,
    prefix: '/page/assets/',
    index: false,
    preCompressed: true,
    acceptRanges: false, // its files are small; a range beyond one would need an answer of its own
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
