import type { FastifyRequest } from 'fastify';
import { ProblemError } from './problems.js';

/**
 * A hook that rejects requests from pages of another origin (CSRF). A web page that the user visits
 * can reach servers on the user's loopback interface. Browsers say where a request comes from; a
 * client that says nothing is not a browser, and this check could not stop it.
 * (A page whose name resolves to this server has its origin; the check of the Host rejects it.)
 */
export async function requireSameOrigin(request: FastifyRequest): Promise<void> {
  if (isFromOtherOrigin(request)) throw new ProblemError('other-origin');
}

/** Whether a browser says that a page of another origin makes this request. */
export function isFromOtherOrigin({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const { host = '', origin } = headers;
  const site = headers['sec-fetch-site'];
  const crossSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const crossOrigin = origin !== undefined && hostOf(origin) !== host.toLowerCase();
  return crossSite || crossOrigin;
}

const hostOf = (origin: string): string | undefined =>
  URL.canParse(origin) ? new URL(origin).host : undefined;
