import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from './problems.js';

/**
 * Rejects requests that do not name this server in their Host. It stops DNS rebinding: the name of an
 * attacker's page resolves to this server, so that the browser takes both for the same origin. The Host
 * is then the attacker's name. It is never an IP address or `localhost`, which no attacker can own.
 *
 * @param allowedHosts the other names; `undefined`: any name
 */
export function requireKnownHost(
  app: FastifyInstance,
  allowedHosts: readonly string[] | undefined,
): void {
  const names = new Set(['localhost', ...(allowedHosts ?? [])].map((name) => name.toLowerCase()));
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    const { host } = raw.headers;
    if (host === undefined) {
      // HTTP/1.1 requires one (RFC 9112, 3.2). Browsers always send it.
      if (raw.httpVersion !== '1.1') return done();
      return done(new ProblemError('malformed', { detail: 'There is no Host' }));
    }
    if (hasTwoHosts(raw.rawHeaders)) {
      return done(new ProblemError('malformed', { detail: 'There is more than one Host' }));
    }
    if (allowedHosts === undefined) return done();
    const name = requestedName(raw);
    if (names.has(name) || isIP(name) !== 0) return done();
    done(new ProblemError('unknown-host', { detail: explain(name) }));
  });
}

/** The name in a Host: in lower case, without port, brackets and the dot that ends a full name. */
export function hostNameOf(host: string): string {
  const [, address, name] = /^(?:\[([^\]]*)\]|([^:]*?)\.?)(?::\d*)?$/.exec(host) ?? [];
  return (address ?? name ?? host).toLowerCase();
}

/** Node keeps the first of two; a proxy in front of it may have looked at the second. */
function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count > 1;
}

const explain = (name: string): string =>
  `This server is not known as ${JSON.stringify(name.slice(0, 100))}: use its IP address or localhost, or add the name to ALLOWED_HOSTS`;

let last = { host: '', name: '' }; // nearly every request has the Host of the one before

/** The name by which a request calls this server; empty if it has no Host. */
export function requestedName({
  headers: { host = '' },
}: Pick<FastifyRequest['raw'], 'headers'>): string {
  if (host !== last.host) last = { host, name: hostNameOf(host) };
  return last.name;
}
