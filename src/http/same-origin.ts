import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { ProblemError } from './problems.js';

/**
 * Refuses what a page of somebody else asks for. Whoever visits such a page runs it on this machine,
 * and so it reaches what listens on loopback only. Browsers say where a request comes from; what says
 * nothing is no browser, and could do worse without us.
 *
 * @param anyHost whether any name will do. Otherwise it must be an address or `localhost`: a name of
 *   somebody else's that was made to lead here is of "the same origin" as the page that it served.
 */
export function requireSameOrigin(anyHost: boolean): (request: FastifyRequest) => Promise<void> {
  return async ({ headers }) => {
    const { host = '', origin } = headers;
    const site = headers['sec-fetch-site'];
    const strange = site !== undefined && site !== 'same-origin' && site !== 'none';
    const other = origin !== undefined && hostOf(origin) !== host.toLowerCase();
    if (strange || other) throw new ProblemError('other-origin');
    if (!anyHost && !isPlain(host)) {
      throw new ProblemError('other-origin', { detail: 'Ask by an address, or as localhost' });
    }
  };
}

const hostOf = (origin: string): string | undefined =>
  URL.canParse(origin) ? new URL(origin).host : undefined;

function isPlain(host: string): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}
