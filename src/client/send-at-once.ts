import { once, setMaxListeners } from 'node:events';
import { type IncomingMessage, request as sendRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { UserError } from '../user-error.js';
import type { Answer, Question } from '../verdict/recorded-request.js';
import { Recorder } from './recorder.js';

/** A request of one client, and what a history says of it. */
export interface ClientRequest {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly question: Question;
  /** When it is sent, in milliseconds of `Date.now()`; missing: as soon as all connections are open. */
  readonly at?: number;
}

/** What a client was answered; without an answer, or with one that cannot be read, the status is 0. */
export interface ClientAnswer {
  readonly status: number;
  /** The members of the answer; empty if it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: another server may answer anything; the caller checks what it uses
  readonly body: any;
  /** Why there is no answer, or what it was. */
  readonly why: string;
}

export interface SendOptions {
  /** When aborted, clients that still wait for an answer give up. */
  readonly signal?: AbortSignal;
  /** Records every request and its answer. */
  readonly recorder?: Recorder;
}

/** Connections opened at the same time; with more, the system's accept backlog drops some. */
const CONNECTING_MAX = 100;

const ANSWER_MS_MAX = 30_000;

/**
 * Sends many requests at once. Each has its own connection, and no request is sent before all
 * connections are open, so that the requests arrive as close together as possible.
 *
 * @throws UserError when no server listens at `url`
 */
export async function sendAtOnce(
  url: URL,
  requests: readonly ClientRequest[],
  { signal, recorder = new Recorder() }: SendOptions = {},
): Promise<ClientAnswer[]> {
  if (signal !== undefined) setMaxListeners(requests.length, signal); // one listener per client
  const sockets: Socket[] = [];
  try {
    while (sockets.length < requests.length) {
      const more = Math.min(CONNECTING_MAX, requests.length - sockets.length);
      const opened = await Promise.allSettled(Array.from({ length: more }, () => openSocket(url)));
      for (const result of opened) if (result.status === 'fulfilled') sockets.push(result.value);
      const failed = opened.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
    return await Promise.all(
      requests.map((request, index) =>
        send(sockets[index] as Socket, url, request, recorder, signal),
      ),
    );
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

async function openSocket(url: URL): Promise<Socket> {
  const secure = url.protocol === 'https:';
  const address = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 443 : 80),
  };
  const socket = secure ? connectTls({ ...address, servername: url.hostname }) : connect(address);
  try {
    await once(socket, secure ? 'secureConnect' : 'connect');
    return socket;
  } catch (error) {
    const { message } = error as Error;
    throw new UserError(`no server listens at ${url.origin} (${message}): run npm start`);
  }
}

async function send(
  socket: Socket,
  url: URL,
  { method, path, body, headers, question, at = 0 }: ClientRequest,
  recorder: Recorder,
  signal: AbortSignal | undefined,
): Promise<ClientAnswer> {
  if (at > 0) await sleep(Math.max(0, at - Date.now()));
  const request = sendRequest({
    method,
    path: new URL(path, url).pathname,
    headers: {
      host: url.host,
      connection: 'close',
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    createConnection: () => socket,
    timeout: ANSWER_MS_MAX,
    ...(signal === undefined ? {} : { signal }),
  });
  request.on('timeout', () => request.destroy(new Error(`no answer within ${ANSWER_MS_MAX} ms`)));
  const recordAnswer = recorder.recordRequest(question);
  request.end(body && JSON.stringify(body));
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const { statusCode: status = 0 } = response;
    const content = await text(response);
    // Other answers do not help a verdict, and may not be JSON.
    const members = status < 500 && content !== '' ? JSON.parse(content) : {};
    recordAnswer({ ...members, status } as Answer);
    return { status, body: members, why: `${status} ${content.slice(0, 200)}` };
  } catch (error) {
    return { status: 0, body: {}, why: (error as Error).message };
  }
}
