import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { ProblemError } from './problems.js';

/**
 * A hook that rejects requests from pages of another origin (CSRF). A web page that the user visits
 * can reach servers on the user's loopback interface. Browsers say where a request comes from; a
 * client that says nothing is not a browser, and this check could not stop it.
 *
 * @param anyHost whether any Host is accepted. Otherwise it must be an IP address or `localhost`,
 *   which stops DNS rebinding: an attacker's name that resolves to this server has the same origin as
 *   the attacker's page.
 */
export function requireSameOrigin(anyHost: boolean): (request: FastifyRequest) => Promise<void> {
  return async ({ headers }) => {
    const { host = '', origin } = headers;
    const site = headers['sec-fetch-site'];
    const crossSite = site !== undefined && site !== 'same-origin' && site !== 'none';
    const crossOrigin = origin !== undefined && hostOf(origin) !== host.toLowerCase();
    if (crossSite || crossOrigin) throw new ProblemError('other-origin');
    if (!anyHost && !isAddressOrLocalhost(host)) {
      throw new ProblemError('other-origin', { detail: 'Ask by an address, or as localhost' });
    }
  };
}

const hostOf = (origin: string): string | undefined =>
  URL.canParse(origin) ? new URL(origin).host : undefined;

function isAddressOrLocalhost(host: string): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}
