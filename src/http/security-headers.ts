import type { FastifyInstance } from 'fastify';

/** For every answer: a browser must not guess that JSON, metrics or an event stream is a script. */
export const apiHeaders = { 'X-Content-Type-Options': 'nosniff' } as const;

/** A page loads only files of its own origin, runs no inline code, and is shown in no frame. */
const pagePolicy = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
];

/** For `/docs`: Swagger UI sets inline styles, and its style sheet has icons as data URLs. */
export const docsPolicy = [
  ...pagePolicy,
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
].join(';');

/**
 * For pages: HTML and the files that it loads. Nothing here forces HTTPS: a server on a LAN has no
 * certificate.
 */
export const pageHeaders = {
  'Content-Security-Policy': pagePolicy.join(';'),
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'SAMEORIGIN',
} as const;

/** Sends `pageHeaders` too with every answer of this scope. */
export function addPageHeaders(scope: FastifyInstance): void {
  scope.addHook('onRequest', (_request, reply, done) => {
    reply.headers(pageHeaders);
    done();
  });
}
