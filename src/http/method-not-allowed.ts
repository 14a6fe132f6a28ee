import type { FastifyInstance, HTTPMethods, RouteOptions } from 'fastify';
import { ProblemError } from './problems.js';

/**
 * Answers 405 with `Allow` to a known path with a method that it does not take; Fastify would say 404.
 * Call it before the routes. (A route for every other method, five hundred of them, says the same, and
 * took a tenth of a second of every worker's start.)
 */
export function answerMethodNotAllowed(app: FastifyInstance): void {
  const urls = new Set<string>();
  app.addHook('onRoute', ({ url }: RouteOptions) => void urls.add(url));

  let known: { readonly pattern: RegExp; readonly allow: string }[] | undefined;
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) {
      done();
      return;
    }
    known ??= [...urls].map((url) => {
      const takes = (method: string) => app.hasRoute({ method: method as HTTPMethods, url });
      return { pattern: patternOf(url), allow: app.supportedMethods.filter(takes).join(', ') };
    });
    const [path = ''] = request.url.split(/[?#]/);
    const allow = known.find(({ pattern }) => pattern.test(path))?.allow;
    if (allow !== undefined) {
      reply.header('Allow', allow);
      done(new ProblemError('method-not-allowed', { detail: `This route takes ${allow}` }));
    } else {
      done();
    }
  });
}

/** Which paths are of a route: `/orders/:orderId`, `/page/*`. */
function patternOf(url: string): RegExp {
  const dependencies = url.split('/').map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : part.replace(/\W/g, '\\$&');
  });
  return new RegExp(`^${dependencies.join('/')}$`);
}
