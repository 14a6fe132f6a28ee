import type { FastifyRequest } from 'fastify';
import { requestedName } from './host-check.js';

type Request = Pick<FastifyRequest, 'headers'> & {
  readonly raw: { readonly socket: { readonly remoteAddress?: string | undefined } };
};

const LOOPBACK = /^(::1|(::ffff:)?127\.[\d.]+)$/i;

/**
 * Whether a request comes from a program on this machine and from nowhere else: over the loopback
 * interface, to a loopback address or `localhost`, and without a header that proxies add. A proxy on
 * this machine that adds none of them, and names the server by its address, cannot be told apart.
 */
export function isLocalClient(request: Request): boolean {
  if (!LOOPBACK.test(request.raw.socket.remoteAddress ?? '') || isForwarded(request)) return false;
  const name = requestedName(request);
  return name === 'localhost' || LOOPBACK.test(name);
}

/** What proxies and content networks add to a request that they forward. */
const FORWARDED =
  /^(forwarded|via|cdn-loop|cf-connecting-ip|fastly-client-ip|true-client-ip|x-(real-ip|client-ip|cluster-client-ip|envoy-.*|original-.*|forwarded(-.*)?))$/;

/** Whether a proxy says that it forwarded the request. */
export function isForwarded({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  for (const name in headers) if (FORWARDED.test(name)) return true;
  return false;
}
