import { once, setMaxListeners } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { UserError } from '../user-error.js';
import type { BuyQuestion, Answer as RecordedAnswer } from '../verdict/recorded-request.js';
import { Recorder } from './recorder.js';

/** What became of one buyer. `unknown`: no answer, or one that does not say. */
export type Answer =
  | { readonly kind: 'sold'; readonly serials: readonly number[]; readonly worker: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown'; readonly why: string };

/** Connections opened at once; more, and the system's backlog of new connections drops some. */
const CONNECT_AT_ONCE = 100;

const ANSWER_MS = 30_000;

export interface CrowdOptions {
  /** Tickets that each of them wants. */
  readonly quantity?: number;
  /** When it is aborted, whoever still waits for an answer goes away. */
  readonly signal?: AbortSignal;
  /** Notes what was asked and answered. */
  readonly recorder?: Recorder;
}

/**
 * That many buyers at once: each has a connection of its own, all connections stand before the first
 * buyer speaks, and all speak in one breath.
 *
 * @throws UnusableError when nobody listens at `url`
 */
export async function buyAtOnce(
  url: URL,
  eventId: string,
  buyers: number,
  { quantity = 1, signal, recorder = new Recorder() }: CrowdOptions = {},
): Promise<Answer[]> {
  if (signal !== undefined) setMaxListeners(buyers, signal); // each of them listens
  const sockets: Socket[] = [];
  try {
    while (sockets.length < buyers) {
      const more = Math.min(CONNECT_AT_ONCE, buyers - sockets.length);
      const opened = await Promise.allSettled(Array.from({ length: more }, () => open(url)));
      for (const result of opened) if (result.status === 'fulfilled') sockets.push(result.value);
      const failed = opened.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
    return await Promise.all(
      sockets.map((socket, index) => {
        const question = { eventId, customer: `buyer ${index + 1}`, quantity };
        return buy(socket, url, question, recorder, signal);
      }),
    );
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

async function open(url: URL): Promise<Socket> {
  const secure = url.protocol === 'https:';
  const where = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 443 : 80),
  };
  const socket = secure ? connectTls({ ...where, servername: url.hostname }) : connect(where);
  try {
    await once(socket, secure ? 'secureConnect' : 'connect');
    return socket;
  } catch (error) {
    throw new UserError(`nobody listens at ${url.origin} (${(error as Error).message}): npm start`);
  }
}

async function buy(
  socket: Socket,
  url: URL,
  body: Omit<BuyQuestion, 'kind'>,
  recorder: Recorder,
  signal: AbortSignal | undefined,
): Promise<Answer> {
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
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    const { statusCode: status = 0 } = response;
    const said = await text(response);
    // What another answer says is of no use to a verdict, and may be no JSON.
    const members = status === 201 || status === 409 ? JSON.parse(said) : {};
    answered({ ...members, status } as RecordedAnswer);
    return answerOf(status, said);
  } catch (error) {
    return { kind: 'unknown', why: (error as Error).message };
  }
}

function answerOf(status: number, body: string): Answer {
  if (status === 409) return { kind: 'refused' };
  if (status !== 201) return { kind: 'unknown', why: `${status} ${body.slice(0, 200)}` };
  const { serials, worker } = JSON.parse(body);
  return { kind: 'sold', serials, worker };
}
