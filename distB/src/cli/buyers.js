import { once, setMaxListeners } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { UnusableError } from '../unusable.js';
import { Recorder } from '../verdict/recorder.js';
/** Connections opened at once; more, and the system's backlog of new connections drops some. */
const CONNECT_AT_ONCE = 100;
const ANSWER_MS = 30_000;
/**
 * That many buyers at once: each has a connection of its own, all connections stand before the first
 * buyer speaks, and all speak in one breath.
 *
 * @throws UnusableError when nobody listens at `url`
 */
export async function buyAtOnce(url, eventId, buyers, { quantity = 1, signal, recorder = new Recorder() } = {}) {
    if (signal !== undefined)
        setMaxListeners(buyers, signal); // each of them listens
    const sockets = [];
    try {
        while (sockets.length < buyers) {
            const more = Math.min(CONNECT_AT_ONCE, buyers - sockets.length);
            const opened = await Promise.allSettled(Array.from({ length: more }, () => open(url)));
            for (const result of opened)
                if (result.status === 'fulfilled')
                    sockets.push(result.value);
            const failed = opened.find((result) => result.status === 'rejected');
            if (failed !== undefined)
                throw failed.reason;
        }
        return await Promise.all(sockets.map((socket, index) => {
            const question = { eventId, customer: `buyer ${index + 1}`, quantity };
            return buy(socket, url, question, recorder, signal);
        }));
    }
    finally {
        for (const socket of sockets)
            socket.destroy();
    }
}
async function open(url) {
    const secure = url.protocol === 'https:';
    const where = {
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: Number(url.port) || (secure ? 443 : 80),
    };
    const socket = secure ? connectTls({ ...where, servername: url.hostname }) : connect(where);
    try {
        await once(socket, secure ? 'secureConnect' : 'connect');
        return socket;
    }
    catch (error) {
        throw new UnusableError(`nobody listens at ${url.origin} (${error.message}): npm start`);
    }
}
async function buy(socket, url, body, recorder, signal) {
    const asking = request({
        method: 'POST',
        path: new URL('/buy', url).pathname,
        headers: { host: url.host, 'content-type': 'application/json', connection: 'close' },
        createConnection: () => socket,
        timeout: ANSWER_MS,
        ...(signal === undefined ? {} : { signal }),
    });
    asking.on('timeout', () => asking.destroy(new Error(`no answer within ${ANSWER_MS} ms`)));
    const answered = recorder.sending({ kind: 'buy', ...body });
    asking.end(JSON.stringify(body));
    try {
        const [response] = (await once(asking, 'response'));
        const { statusCode: status = 0 } = response;
        const said = await text(response);
        // What another answer says is of no use to a verdict, and may be no JSON.
        const members = status === 201 || status === 409 ? JSON.parse(said) : {};
        answered({ ...members, status });
        return answerOf(status, said);
    }
    catch (error) {
        return { kind: 'unknown', why: error.message };
    }
}
function answerOf(status, body) {
    if (status === 409)
        return { kind: 'refused' };
    if (status !== 201)
        return { kind: 'unknown', why: `${status} ${body.slice(0, 200)}` };
    const { serials, worker } = JSON.parse(body);
    return { kind: 'sold', serials, worker };
}
//# sourceMappingURL=buyers.js.map