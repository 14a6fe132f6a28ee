import { isUtf8 } from 'node:buffer';
import { Ajv2020, type AnySchema, type Options } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import { ProblemError } from './problems.js';

/** Accepts JSON bodies only: in UTF-8, and without keys that would reach a prototype. */
export function acceptOnlyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    (request, body, done) => {
      const coding = request.headers['content-encoding'];
      if (coding !== undefined && coding.toLowerCase() !== 'identity') {
        const detail = 'The body is compressed: send it without Content-Encoding';
        return done(new ProblemError('unsupported-media-type', { detail }));
      }
      // Clients may send their usual content type with a DELETE that has no body.
      if (body.length === 0 && request.routeOptions.schema?.body === undefined) return done(null);
      // Decoded leniently, invalid bytes become U+FFFD: a name that the customer never sent.
      if (isUtf8(body)) void parse(request, body.toString(), done);
      else done(new ProblemError('malformed', { detail: 'The body is not UTF-8' }));
    },
  );
}

/**
 * Validates bodies strictly: "2" is not a number, and an unknown field is an error instead of being
 * removed. Everything in a URL is text, so there "2" is a number.
 */
export function validateStrictly(app: FastifyInstance): void {
  const strict = newAjv({ coerceTypes: false });
  const coercing = newAjv({ coerceTypes: true });
  app.setValidatorCompiler<AnySchema>(({ schema, httpPart }) =>
    (httpPart === 'body' ? strict : coercing).compile(schema),
  );
}

function newAjv(options: Options): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true, // a body has at most 16 KiB, which bounds the work
    useDefaults: true,
    removeAdditional: false,
    validateSchema: false, // zod makes them; checking them would double the time to compile them
    ...options,
  });
  formats.default(ajv);
  return ajv;
}
