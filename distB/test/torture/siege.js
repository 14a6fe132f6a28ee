import { once } from 'node:events';
import { connect } from 'node:net';
const manners = [
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
    #sockets;
    #dripping;
    /** What the office said to those whom it sent away. */
    answers = [];
    constructor(sockets) {
        this.#sockets = sockets;
        for (const socket of sockets) {
            socket.on('data', (bytes) => this.answers.push(bytes.toString('latin1').slice(0, 12)));
        }
        this.#dripping = setInterval(() => {
            sockets.forEach((socket, index) => {
                if (socket.writable)
                    socket.write(mannerOf(index).drip);
            });
        }, DRIP_MS);
    }
    static async begin(url, connections) {
        const sockets = Array.from({ length: connections }, (_, index) => {
            // Every other one has said all that it will say, and yet does not go.
            const socket = connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true });
            socket.on('error', () => { }); // sent away: that is what it came for
            socket.write(mannerOf(index).begin);
            return socket;
        });
        await Promise.all(sockets.map((socket) => once(socket, 'connect')));
        return new Siege(sockets);
    }
    /** How many are still there. */
    get standing() {
        return this.#sockets.filter(({ closed, readableEnded }) => !closed && !readableEnded).length;
    }
    end() {
        clearInterval(this.#dripping);
        for (const socket of this.#sockets)
            socket.destroy();
    }
}
const mannerOf = (index) => manners[index % manners.length];
//# sourceMappingURL=siege.js.map