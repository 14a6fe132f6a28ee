import { connect } from 'node:net';
/** Sends bytes as they are, and answers all that came back until the office closed the connection. */
export async function sendRaw(url, bytes) {
    const socket = connect({ host: url.hostname, port: Number(url.port) });
    const received = [];
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', () => { }); // a reset after the answer: what counts is what came before it
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(bytes);
    await closed;
    return parseAnswers(Buffer.concat(received).toString('latin1'));
}
/** The answers in what came over a connection. Ours are ASCII and have a length. */
function parseAnswers(stream) {
    const answers = [];
    for (let rest = stream; rest !== '';) {
        const [, status, head = ''] = /^HTTP\/1\.1 (\d{3}) [^\r]*\r\n(.*?)\r\n\r\n/s.exec(rest) ?? [];
        if (status === undefined)
            throw new Error(`this is no answer: ${rest}`);
        const headers = new Headers();
        for (const line of head.split('\r\n')) {
            const colon = line.indexOf(':');
            headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
        }
        const from = rest.indexOf('\r\n\r\n') + 4;
        const to = from + Number(headers.get('content-length'));
        answers.push(new Response(rest.slice(from, to), { status: Number(status), headers }));
        rest = rest.slice(to);
    }
    return answers;
}
//# sourceMappingURL=raw.js.map