import { type Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Options that `fetch` lacks: any method, and the connection to use. */
export interface SendOptions extends Pick<RequestOptions, 'method' | 'headers' | 'path'> {
  readonly agent?: Agent;
  readonly body?: string;
}

/** Sends a request by node:http; the answer is a `Response`, as from `fetch`. */
export async function send(
  url: URL,
  { body, ...options }: SendOptions = {},
): Promise<{ answer: Response; reusedConnection: boolean }> {
  const sent = request(url, options);
  const received = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject);
  });
  sent.end(body);
  const { statusCode = 0, headers, ...rest } = await readable(await received);
  const content = rest.content === '' ? null : rest.content;
  return {
    answer: new Response(content, {
      status: statusCode,
      headers: new Headers(headers as Record<string, string>),
    }),
    reusedConnection: sent.reusedSocket,
  };
}

async function readable(message: IncomingMessage) {
  const { statusCode, headers } = message;
  return { statusCode, headers, content: await text(message) };
}
