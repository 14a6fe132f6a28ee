import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readUpstream } from '../error-handler.js';
import { matchesTag } from '../etag.js';
import { madeOnce } from '../made-once.js';
import { ProblemError } from '../problems.js';

const zip = promisify(gzip);

/** Beside this file's folder, in `src` and in `dist`. */
const folder = fileURLToPath(new URL('../../web/', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
}

/** The page: `GET /`, and below `/page/` what it is made of. Its files and no other can be asked for. */
export function pageRoutes(app: FastifyInstance): void {
  // At the first question, not at the start: a worker that nobody looks at has no use for them.
  const files = madeOnce(readFiles);
  const send = async (name: string, request: FastifyRequest, reply: FastifyReply) => {
    const file = (await readUpstream(request, files(), 'unavailable')).get(name);
    if (file === undefined) throw new ProblemError('unknown-route');
    reply.header('ETag', file.etag).header('Cache-Control', 'no-cache');
    reply.header('Vary', 'Accept-Encoding');
    const { 'if-none-match': known, 'accept-encoding': accepts = '' } = request.headers;
    if (matchesTag(known, file.etag)) return reply.code(304).send();
    reply.type(file.type);
    if (!/\bgzip\b/.test(String(accepts))) return reply.send(file.bytes);
    return reply.header('Content-Encoding', 'gzip').send(file.gzipped);
  };

  const schema = { hide: true };
  app.get('/', { schema }, (request, reply) => send('static/index.html', request, reply));
  app.get<{ Params: { '*': string } }>('/page/*', { schema }, (request, reply) =>
    send(request.params['*'], request, reply),
  );
}

/** All at once, so that no page is made of two builds. */
async function readFiles(): Promise<Map<string, PageFile>> {
  const files = new Map<string, PageFile>();
  for (const name of await readdir(folder, { recursive: true, encoding: 'utf8' })) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const bytes = await readFile(`${folder}${name}`);
    const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 27);
    const path = name.replaceAll('\\', '/');
    files.set(path, { type, bytes, gzipped: await zip(bytes), etag: `W/"${hash}"` });
  }
  return files;
}
