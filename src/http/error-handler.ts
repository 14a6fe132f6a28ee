import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchemaValidationError,
} from 'fastify';
import { Fault, type FaultCode } from '../booking/faults.js';
import {
  type Problem,
  ProblemError,
  type ProblemKind,
  type ProblemMembers,
  problemBody,
  statusOf,
} from './problems.js';

const kindOfFault: Readonly<Record<FaultCode, ProblemKind>> = {
  QUEUE_FULL: 'busy',
  DRAINING: 'draining',
  LOCK_TIMEOUT: 'lock-timeout',
  GIVEN_UP: 'timeout',
  STORAGE: 'storage-unavailable',
  SYNC_FAILED: 'storage-unavailable',
  UNREACHABLE: 'database-unavailable',
  COMMIT_UNKNOWN: 'commit-unknown',
  DAMAGED: 'storage-unavailable',
};

const kindOfFastifyError: Readonly<Record<string, ProblemKind>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_HANDLER_TIMEOUT: 'timeout',
};

/** Seconds after which it may be worth to ask again. */
const RETRY_AFTER_S = 1;

/** More than these many complaints about one request help nobody. */
const ERRORS_MAX = 10;

/** Answers every error as a problem: ours, Fastify's own and those that nobody expected. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const { kind, members } = problemOf(error);
    if (kind === 'internal') request.log.error({ err: error }, 'a request failed');
    return sendProblem(reply, kind, members);
  });
  // Before the body is looked at: an unknown route has no opinion on bodies.
  app.addHook('onRequest', async (request) => {
    if (lacksHost(request)) throw new ProblemError('malformed', { detail: 'There is no Host' });
    if (request.is404) throw unknownRoute(request);
  });
  app.setNotFoundHandler((request) => {
    throw unknownRoute(request);
  });
}

/** Answers a request whose address cannot be decoded, so that no route is asked. */
export function handleUnroutable(
  error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { kind, members } = problemOf(error);
  sendProblem(reply, kind, members);
}

/**
 * Waits for an answer from behind HTTP. What cannot be had there is out of reach for now (503), and
 * no mistake of ours (500).
 */
export async function readUpstream<T>(
  request: FastifyRequest,
  answer: Promise<T>,
  kind: ProblemKind = 'storage-unavailable',
): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    request.log.error({ err: error }, 'an answer cannot be had');
    throw error instanceof Fault ? error : new ProblemError(kind);
  }
}

function sendProblem(
  reply: FastifyReply,
  kind: ProblemKind,
  members?: ProblemMembers,
): FastifyReply {
  const status = statusOf(kind);
  if (status === 503) reply.header('Retry-After', RETRY_AFTER_S);
  return reply
    .code(status)
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problemBody(kind, members));
}

/** How long a client that was refused may take to close its side. */
const LINGER_MS = 1_000;

/** Answers what Node's HTTP parser refused; there is no request yet, only a socket. */
export function handleClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const earlier = unanswered(socket);
  if (earlier !== undefined) {
    // A refusal now would be read as its answer: "malformed" to a buyer whose tickets are sold.
    if (!earlier.headersSent) earlier.setHeader('Connection', 'close');
    return;
  }
  const kind: ProblemKind =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'headers-too-large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'request-timeout'
        : 'malformed';
  socket.end(rawAnswer(problemBody(kind)));
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** The answer that a request which came whole still waits for on this connection, as Node keeps it. */
function unanswered(socket: Socket & { _httpMessage?: ServerResponse | null }) {
  const current = socket._httpMessage;
  return current?.req.complete ? current : undefined;
}

function rawAnswer(problem: Problem): string {
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

/** HTTP/1.1 wants one of every request (RFC 9112, 3.2). */
const lacksHost = ({ raw }: FastifyRequest): boolean =>
  raw.headers.host === undefined && raw.httpVersion === '1.1';

const unknownRoute = (request: FastifyRequest): ProblemError =>
  new ProblemError('unknown-route', { detail: `There is no ${request.method} ${pathOf(request)}` });

const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0]?.slice(0, 200) ?? '';

function problemOf(error: FastifyError): { kind: ProblemKind; members?: ProblemMembers } {
  if (error instanceof ProblemError) return { kind: error.kind, members: error.members };
  if (error instanceof Fault) return { kind: kindOfFault[error.code] };
  if (error.validation !== undefined) {
    const errors = helpful(error.validation)
      .slice(0, ERRORS_MAX)
      .map(({ instancePath, message, params }) => ({
        path: `${error.validationContext ?? 'body'}${instancePath}`,
        message: [message, unknownName(params)].filter(Boolean).join(': '),
      }));
    return { kind: 'malformed', members: { detail: detailOf(errors), errors } };
  }
  const known = kindOfFastifyError[error.code];
  if (known !== undefined) return { kind: known };
  // Fastify's own refusals of a request: a body that is no JSON, a length that is not true.
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return { kind: 'malformed', members: { detail: error.message.slice(0, 300) } };
  }
  return { kind: 'internal' };
}

/** A format's name says more than the pattern behind it, and more than that no alternative fits. */
function helpful(complaints: readonly FastifySchemaValidationError[]) {
  const plain = complaints.filter(({ keyword }) => keyword !== 'pattern' && keyword !== 'anyOf');
  return plain.length > 0 ? plain : complaints;
}

const detailOf = ([first, ...more]: readonly { path: string; message: string }[]): string =>
  `${first?.path} ${first?.message}${more.length > 0 ? `, and ${more.length} more` : ''}`;

const unknownName = (params: Readonly<Record<string, unknown>>): string | undefined =>
  typeof params.additionalProperty === 'string'
    ? params.additionalProperty.slice(0, 64)
    : undefined;
