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
import { UnknownCursorError } from '../booking/store.js';
import {
  type Problem,
  ProblemError,
  type ProblemKind,
  type ProblemMembers,
  problemBody,
  problemHeaders,
  statusOf,
} from './problems.js';

const kindOfFault: Readonly<Record<FaultCode, ProblemKind>> = {
  QUEUE_FULL: 'busy',
  DRAINING: 'draining',
  LOCK_TIMEOUT: 'lock-timeout',
  LOCK_LOST: 'lock-lost',
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

/** Validation errors listed in one answer. */
const ERRORS_MAX = 10;

/** Answers every error as a problem: our own, Fastify's, and unexpected ones as 500. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const { kind, members } = toProblem(error);
    if (kind === 'internal') request.log.error({ err: error }, 'request failed');
    if (error instanceof ProblemError) reply.headers(problemHeaders(kind, error.retryAfterS));
    else reply.headers(problemHeaders(kind));
    return sendProblem(reply, kind, members);
  });
}

/** Answers a request whose URL cannot be decoded: it never reaches the router. */
export function handleUndecodableUrl(
  error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { kind, members } = toProblem(error);
  sendProblem(reply, kind, members);
}

/**
 * Waits for the store or the primary. If it fails, the answer is a 503 and not a 500: it may work
 * again soon.
 *
 * @throws Fault and ProblemError as they are; ProblemError `malformed` for a cursor of no page, and `kind`
 *   for any other error
 */
export async function readUpstream<T>(
  request: FastifyRequest,
  result: Promise<T>,
  kind: ProblemKind = 'storage-unavailable',
): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof UnknownCursorError) {
      throw new ProblemError('malformed', {
        detail: 'cursor must be the `next` of an earlier answer',
      });
    }
    request.log.error({ err: error }, 'upstream read failed');
    throw error instanceof Fault || error instanceof ProblemError ? error : new ProblemError(kind);
  }
}

function sendProblem(
  reply: FastifyReply,
  kind: ProblemKind,
  members?: ProblemMembers,
): FastifyReply {
  return reply
    .code(statusOf(kind))
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problemBody(kind, members));
}

/** How long a client may keep its side open after its connection was rejected. */
const LINGER_MS = 1_000;

/** Answers a request that Node's HTTP parser rejected; there is only a socket, no request. */
export function handleClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const pending = pendingResponse(socket);
  if (pending !== undefined) {
    // The client would take a 400 now for the answer to its earlier buy, whose tickets are sold.
    if (!pending.headersSent) pending.setHeader('Connection', 'close');
    return;
  }
  const kind: ProblemKind =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'headers-too-large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'request-timeout'
        : 'malformed';
  socket.end(rawResponse(problemBody(kind)));
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** The response to an earlier, complete request on this connection, if it is still pending. */
function pendingResponse(socket: Socket & { _httpMessage?: ServerResponse | null }) {
  const current = socket._httpMessage;
  return current?.req.complete ? current : undefined;
}

function rawResponse(problem: Problem): string {
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

function toProblem(error: FastifyError): { kind: ProblemKind; members?: ProblemMembers } {
  if (error instanceof ProblemError) return { kind: error.kind, members: error.members };
  if (error instanceof Fault) return { kind: kindOfFault[error.code] };
  if (error.validation !== undefined) {
    const errors = withoutNoise(error.validation)
      .slice(0, ERRORS_MAX)
      .map(({ instancePath, message, params }) => ({
        path: `${error.validationContext ?? 'body'}${instancePath}`,
        message: [message, unknownProperty(params)].filter(Boolean).join(': '),
      }));
    return { kind: 'malformed', members: { detail: detailOf(errors), errors } };
  }
  const known = kindOfFastifyError[error.code];
  if (known !== undefined) return { kind: known };
  // @fastify/static rejected a directory, or a path that leaves its folder.
  if (error.statusCode === 403) return { kind: 'unknown-route' };
  // Fastify rejected the request: invalid JSON, a wrong Content-Length.
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return { kind: 'malformed', members: { detail: error.message.slice(0, 300) } };
  }
  return { kind: 'internal' };
}

/** Drops the errors that repeat a clearer one: the pattern behind a format, and "no anyOf matches". */
function withoutNoise(errors: readonly FastifySchemaValidationError[]) {
  const clear = errors.filter(({ keyword }) => keyword !== 'pattern' && keyword !== 'anyOf');
  return clear.length > 0 ? clear : errors;
}

const detailOf = ([first, ...more]: readonly { path: string; message: string }[]): string =>
  `${first?.path} ${first?.message}${more.length > 0 ? `, and ${more.length} more` : ''}`;

const unknownProperty = (params: Readonly<Record<string, unknown>>): string | undefined =>
  typeof params.additionalProperty === 'string'
    ? params.additionalProperty.slice(0, 64)
    : undefined;
