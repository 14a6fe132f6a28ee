import { once, setMaxListeners } from 'node:events';
import { type IncomingMessage, request as sendRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { UserError } from '../user-error.js';
import type { Answer, BuyQuestion } from '../verdict/recorded-request.js';
import { Recorder } from './recorder.js';

/** The result of one buyer. `unknown`: no answer, or one that leaves the result open. */
export type BuyerResult =
  | { readonly kind: 'sold'; readonly serials: readonly number[] }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown'; readonly why: string };

/** Connections opened at the same time; with more, the system's accept backlog drops some. */
const CONNECTING_MAX = 100;

const ANSWER_MS_MAX = 30_000;

export interface BuyOptions {
  /** Tickets per buyer. */
  readonly quantity?: number;
  /** When aborted, buyers that still wait for an answer give up. */
  readonly signal?: AbortSignal;
  /** Records every request and its answer. */
  readonly recorder?: Recorder;
}

/**
 * Buys with many clients at once. Each has its own connection, and no request is sent before all
 * connections are open, so that the requests arrive as close together as possible.
 *
 * @throws UserError when no server listens at `url`
 */
export async function buyAtOnce(
  url: URL,
  eventId: string,
  buyers: number,
  { quantity = 1, signal, recorder = new Recorder() }: BuyOptions = {},
): Promise<BuyerResult[]> {
  if (signal !== undefined) setMaxListeners(buyers, signal); // one listener per buyer
  const sockets: Socket[] = [];
  try {
    while (sockets.length < buyers) {
      const more = Math.min(CONNECTING_MAX, buyers - sockets.length);
      const opened = await Promise.allSettled(Array.from({ length: more }, () => openSocket(url)));
      for (const result of opened) if (result.status === 'fulfilled') sockets.push(result.value);
      const failed = opened.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
    return await Promise.all(
      sockets.map((socket, index) => {
        const body = { eventId, customer: `buyer ${index + 1}`, quantity };
        return buy(socket, url, body, recorder, signal);
      }),
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

async function buy(
  socket: Socket,
  url: URL,
  body: Omit<BuyQuestion, 'kind'>,
  recorder: Recorder,
  signal: AbortSignal | undefined,
): Promise<BuyerResult> {
  const request = sendRequest({
    method: 'POST',
    path: new URL('/buy', url).pathname,
    headers: { host: url.host, 'content-type': 'application/json', connection: 'close' },
    createConnection: () => socket,
    timeout: ANSWER_MS_MAX,
    ...(signal === undefined ? {} : { signal }),
  });
  request.on('timeout', () => request.destroy(new Error(`no answer within ${ANSWER_MS_MAX} ms`)));
  const recordAnswer = recorder.recordRequest({ kind: 'buy', ...body });
  request.end(JSON.stringify(body));
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const { statusCode: status = 0 } = response;
    const answerBody = await text(response);
    // Other answers do not help a verdict, and may not be JSON.
    const members = status === 201 || status === 409 ? JSON.parse(answerBody) : {};
    recordAnswer({ ...members, status } as Answer);
    return resultOf(status, answerBody);
  } catch (error) {
    return { kind: 'unknown', why: (error as Error).message };
  }
}

function resultOf(status: number, body: string): BuyerResult {
  if (status === 409) return { kind: 'refused' };
  if (status !== 201) return { kind: 'unknown', why: `${status} ${body.slice(0, 200)}` };
  const { serials } = JSON.parse(body);
  return { kind: 'sold', serials };
}
