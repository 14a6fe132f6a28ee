import { isIP } from 'node:net';

/** Whether only this machine reaches an address to listen on. */
export const isLoopback = (host: string): boolean => /^(localhost|127\.[\d.]+|::1)$/i.test(host);

/**
 * The names that a request may have in its Host, besides an IP address and `localhost`. `undefined`:
 * any name, because a server for other machines cannot know what they call it.
 */
export function allowedHosts({
  HOST,
  ALLOWED_HOSTS,
}: {
  readonly HOST: string;
  readonly ALLOWED_HOSTS: readonly string[];
}): readonly string[] | undefined {
  if (ALLOWED_HOSTS.length === 0 && !isLoopback(HOST)) return undefined;
  return isIP(HOST) === 0 ? [HOST, ...ALLOWED_HOSTS] : ALLOWED_HOSTS;
}

/** The URL of a server with this HOST, from this machine. A wildcard address includes loopback. */
export function serverUrl(host: string, port: number): URL {
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
  return new URL(`http://${everywhere[host] ?? hostInUrl(host)}:${port}`);
}

/** A URL needs brackets around an IPv6 address. */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
