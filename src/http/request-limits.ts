import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { ClientLimit } from './client-limit.js';
import { isForwarded } from './local-client.js';
import { ProblemError } from './problems.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its answer takes reads of files or of other processes: few at once. */
    readonly expensive?: boolean;
  }
}

/** Most expensive requests of one client under way in one worker; then 429. */
const PER_CLIENT_MAX = 32;

/** Most expensive requests under way in one worker; then 503. */
const TOTAL_MAX = 256;

/** Bounds the expensive requests under way: those of one client, and of all. */
export function limitExpensiveRequests(app: FastifyInstance): void {
  const clients = new ClientLimit(PER_CLIENT_MAX);
  let total = 0;
  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.config?.expensive !== true) return;
    route.onRequest = [
      async (request, reply) => {
        if (total >= TOTAL_MAX) {
          throw new ProblemError('unavailable', { detail: 'Too many requests are under way' });
        }
        const leave = clients.enter(request.ip);
        if (leave === undefined) throw tooManyRequests(request, `${PER_CLIENT_MAX} requests`);
        total++;
        reply.raw.once('close', () => {
          total--;
          leave();
        });
      },
      ...[route.onRequest ?? []].flat(),
    ];
  });
}

/** Says which limit was reached and, behind a proxy that is not trusted, whose limit it is. */
export function tooManyRequests(request: FastifyRequest, limit: string): ProblemError {
  const proxy = request.raw.socket.remoteAddress;
  const shared =
    isForwarded(request) && request.ip === proxy
      ? `; all clients of the proxy ${proxy} share it unless TRUSTED_PROXIES names that`
      : '';
  return new ProblemError('too-many-requests', {
    detail: `The limit is ${limit} at once${shared}`,
  });
}
