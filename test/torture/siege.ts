import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** How a connection that means no good begins, and what it then sends every now and then. */
interface Manner {
  readonly begin: string;
  readonly drip: string;
}

const manners: readonly Manner[] = [
  { begin: 'GET /search HTTP/1.1\r\nHost: x\r\n', drip: 'X-A: b\r\n' }, // headers that never end
  {
    begin: `POST /buy HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{`,
    drip: ' ', // a body that comes a byte at a time
  },
  { begin: 'POST /bu', drip: '' }, // half a line, and then nothing
  { begin: '', drip: '' }, // nothing at all
];

const DRIP_MS = 500;

/** Connections that stand there and are in the way. */
export class Siege {
  readonly #sockets: readonly Socket[];
  readonly #dripping: NodeJS.Timeout;
  /** What the office said to those whom it sent away. */
  readonly answers: string[] = [];

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
    for (const socket of sockets) {
      socket.on('data', (bytes) => this.answers.push(bytes.toString('latin1').slice(0, 12)));
    }
    this.#dripping = setInterval(() => {
      sockets.forEach((socket, index) => {
        if (socket.writable) socket.write(mannerOf(index).drip);
      });
    }, DRIP_MS);
  }

  static async begin(url: URL, connections: number): Promise<Siege> {
    const sockets = Array.from({ length: connections }, (_, index) => {
      // Every other one has said all that it will say, and yet does not go.
      const socket = connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true });
      socket.on('error', () => {}); // sent away: that is what it came for
      socket.write(mannerOf(index).begin);
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    return new Siege(sockets);
  }

  /** How many are still there. */
  get standing(): number {
    return this.#sockets.filter(({ closed, readableEnded }) => !closed && !readableEnded).length;
  }

  end(): void {
    clearInterval(this.#dripping);
    for (const socket of this.#sockets) socket.destroy();
  }
}

const mannerOf = (index: number): Manner => manners[index % manners.length] as Manner;
