import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** How long a browser remembers the answer to a preflight, in seconds. */
const PREFLIGHT_S = 600;

/**
 * Lets pages of other origins search, hold, buy and cancel. `Authorization` is not among the headers that
 * they may send: what operators and doors do, they do on a page of this server.
 */
export async function allowOrigins(
  app: FastifyInstance,
  origins: readonly string[],
): Promise<void> {
  await app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    allowedHeaders: ['Content-Type', 'Idempotency-Key', 'If-None-Match', 'Last-Event-ID'],
    exposedHeaders: ['ETag', 'Location', 'Retry-After'],
    maxAge: PREFLIGHT_S,
    strictPreflight: false,
  });
}
