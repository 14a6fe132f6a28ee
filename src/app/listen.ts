import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { listenOnAll } from '../cluster/listen-address.js';

/**
 * Listens on each address. The connections of all of them go to the app's own server, with its handlers
 * and limits: the servers that Fastify makes for a second address of `localhost` have none of these.
 *
 * @returns the servers of the other addresses, to be closed with the app
 * @throws the error of `listen`, also if only one of the addresses is in use
 */
export async function listen(
  app: FastifyInstance,
  addresses: readonly string[],
  port: number,
): Promise<Server[]> {
  const others: Server[] = [];
  await listenOnAll(addresses, port, async (host, port) => {
    if (!app.server.listening) {
      await app.listen({ host, port });
      return (app.server.address() as AddressInfo).port;
    }
    // As node:http creates its own server.
    const other = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      app.server.emit('connection', socket);
    });
    await once(other.listen({ host, port }), 'listening');
    others.push(other);
    return port;
  });
  return others;
}
