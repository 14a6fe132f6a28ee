import { type Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What `fetch` cannot do: any method, a choice of connection, and word of which one it was. */
export interface Ask extends Pick<RequestOptions, 'method' | 'headers' | 'path'> {
  readonly agent?: Agent;
  readonly body?: string;
}

/** Asks over node:http and answers as `fetch` does, with the headers as Node saw them. */
export async function ask(
  url: URL,
  { body, ...options }: Ask = {},
): Promise<{ answer: Response; onOpenConnection: boolean }> {
  const asked = request(url, options);
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve).once('error', reject);
  });
  asked.end(body);
  const { statusCode = 0, headers, ...rest } = await readable(await answered);
  const content = rest.content === '' ? null : rest.content;
  return {
    answer: new Response(content, {
      status: statusCode,
      headers: new Headers(headers as Record<string, string>),
    }),
    onOpenConnection: asked.reusedSocket,
  };
}

async function readable(message: IncomingMessage) {
  const { statusCode, headers } = message;
  return { statusCode, headers, content: await text(message) };
}
