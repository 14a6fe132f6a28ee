import type { TestServer } from '../support/test-server.js';

export interface Reply {
  /** 0 if no answer came. */
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: each caller names the members that it uses
  readonly body: any;
}

/** Sends a request over a new connection, which may reach another worker than the one before. */
export async function sendRequest(
  server: TestServer,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
  timeoutMs = 30_000,
): Promise<Reply> {
  const asking = server.fetch(path, {
    method,
    headers: {
      connection: 'close',
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    signal: AbortSignal.timeout(timeoutMs),
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = await asking.catch(() => undefined);
  const text = (await answer?.text().catch(() => undefined)) ?? '';
  return { status: answer?.status ?? 0, body: text === '' ? {} : JSON.parse(text) };
}
