import type { Server } from 'node:net';

/**
 * Closes every connection beyond a number. Node's `maxConnections` would not: in a cluster the primary
 * then passes the connection on from worker to worker without end. And a worker without descriptors
 * loses the connections that it is sent, after which it never gets another one (nodejs/node#3072).
 *
 * @param max how many may be open at once
 * @param onDrop is called for each connection that was closed
 * @returns how many connections the server has taken so far, including closed ones
 */
export function limitConnections(server: Server, max: number, onDrop: () => void): () => number {
  let taken = 0;
  let open = 0;
  server.on('connection', (socket) => {
    taken++;
    if (open >= max) {
      socket.destroy();
      onDrop();
      return;
    }
    open++;
    socket.once('close', () => open--);
  });
  return () => taken;
}
