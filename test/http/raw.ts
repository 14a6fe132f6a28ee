import { connect } from 'node:net';

/** Sends bytes over a new connection and returns all answers until the server closes it. */
export async function sendRaw(url: URL, bytes: string | Buffer): Promise<Response[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(url.port) });
  const received: Buffer[] = [];
  socket.on('data', (chunk) => received.push(chunk));
  socket.on('error', () => {}); // a reset after the answer
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(bytes);
  await closed;
  return parseAnswers(Buffer.concat(received).toString('latin1'));
}

/** Parses HTTP answers; ours are ASCII and have a length. */
function parseAnswers(stream: string): Response[] {
  const answers: Response[] = [];
  for (let rest = stream; rest !== ''; ) {
    const [, status, head = ''] = /^HTTP\/1\.1 (\d{3}) [^\r]*\r\n(.*?)\r\n\r\n/s.exec(rest) ?? [];
    if (status === undefined) throw new Error(`not an HTTP answer: ${rest}`);
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
