import { randomInt } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { type Settings, SettingsError } from '../settings.js';

/** How many ports are tried for `PORT=0`. */
const ATTEMPTS = 20;

/**
 * The ports for `PORT=0`, below those that systems give to outgoing connections: one of them could take
 * such a port in the second before the first worker listens on it.
 */
const FREE_PORTS = { from: 20_000, to: 32_768 } as const;

/**
 * The addresses to listen on. `localhost` may be two, 127.0.0.1 and ::1: a client picks either of them,
 * so a server that has only one would leave the other to another program.
 *
 * @throws SettingsError when `localhost` has no address
 */
export async function listenAddresses(host: string): Promise<string[]> {
  if (host.toLowerCase() !== 'localhost') return [host];
  try {
    const found = await lookup(host, { all: true });
    return [...new Set(found.map(({ address }) => address))];
  } catch (error) {
    throw addressError(error as NodeJS.ErrnoException, host, 0);
  }
}

/**
 * The port to listen on, after a trial on every address. For `PORT=0` a free one is found before the
 * first worker starts, because a worker that replaces the last one must listen on the same port.
 *
 * @throws SettingsError when an address cannot be used
 */
export async function resolvePort({ HOST, PORT }: Settings): Promise<number> {
  const addresses = await listenAddresses(HOST);
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryPort(addresses, PORT || randomInt(FREE_PORTS.from, FREE_PORTS.to));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (PORT === 0 && code === 'EADDRINUSE' && attempt < ATTEMPTS) continue;
      throw addressError(error as NodeJS.ErrnoException, HOST, PORT);
    }
  }
}

/** Listens on all addresses at one port, and closes again. */
async function tryPort(addresses: readonly string[], port: number): Promise<number> {
  const servers: Server[] = [];
  try {
    return await listenOnAll(addresses, port, async (host, port) => {
      const server = createServer();
      servers.push(server);
      await once(server.listen({ host, port }), 'listening');
      return (server.address() as AddressInfo).port;
    });
  } finally {
    await Promise.all(servers.map(closeServer));
  }
}

/**
 * Listens on each address, all at one port. An address that this machine does not have, such as ::1
 * without IPv6, is left out if another one works.
 *
 * @param listen returns the port, for port 0 a free one
 * @throws the error of `listen`
 */
export async function listenOnAll(
  addresses: readonly string[],
  port: number,
  listen: (host: string, port: number) => Promise<number>,
): Promise<number> {
  let bound: number | undefined;
  let missing: unknown;
  for (const host of addresses) {
    try {
      bound = await listen(host, bound ?? port);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EADDRNOTAVAIL' && code !== 'EAFNOSUPPORT') throw error;
      missing = error;
    }
  }
  if (bound === undefined) throw missing;
  return bound;
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  await once(server.close(), 'close');
}

/** An error of `listen` as a SettingsError, if the address is the reason. */
export function addressError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new SettingsError('PORT', String(port), 'a port that is not in use');
    case 'EACCES':
      return new SettingsError('PORT', String(port), 'a port that this user may listen on');
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new SettingsError('HOST', host, 'an address of this machine');
    default:
      return error;
  }
}
