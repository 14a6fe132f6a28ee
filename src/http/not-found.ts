import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';
import { ProblemError } from './problems.js';

/**
 * Answers a request that no route takes: 405 with `Allow` where the path exists for other methods,
 * else 404. Both before the body is parsed, so that its content type cannot turn them into a 415.
 */
export function handleNotFound(app: FastifyInstance): void {
  const allowedMethods = collectAllowedMethods(app);
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    if (request.method === 'OPTIONS' && request.url === '*') {
      reply.code(204).header('Allow', app.supportedMethods.join(', ')).send();
      return;
    }
    const allow = allowedMethods(pathOf(request));
    if (allow === undefined) return done(unknownRoute(request));
    reply.header('Allow', allow);
    done(new ProblemError('method-not-allowed', { detail: `This route takes ${allow}` }));
  });
  // A route may call it too, for a file that does not exist.
  app.setNotFoundHandler((request) => {
    throw unknownRoute(request);
  });
}

/** The methods that a path takes, as `Allow` lists them; `undefined` for a path of no route. */
function collectAllowedMethods(app: FastifyInstance): (path: string) => string | undefined {
  const urls = new Set<string>();
  app.addHook('onRoute', ({ url }) => void urls.add(url));

  let routes: { readonly pattern: RegExp; readonly allow: string }[] | undefined;
  return (path) => {
    routes ??= [...urls].map((url) => {
      const takes = (method: string) => app.hasRoute({ method: method as HTTPMethods, url });
      return { pattern: patternOf(url), allow: app.supportedMethods.filter(takes).join(', ') };
    });
    return routes.find(({ pattern }) => pattern.test(path))?.allow;
  };
}

/** Matches the paths of a route: `/orders/:orderId`, `/tickets/:code.svg`, `/page/*`. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part === '*') return '.*';
    const [, parameter = '', text = ''] = /^(:\w+)?(.*)$/.exec(part) ?? [];
    return (parameter && '[^/]+') + text.replace(/\W/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}

const pathOf = ({ url }: FastifyRequest): string => url.split(/[?#]/, 1)[0] ?? '';

const unknownRoute = (request: FastifyRequest): ProblemError =>
  new ProblemError('unknown-route', {
    detail: `There is no ${request.method} ${pathOf(request).slice(0, 200)}`,
  });
