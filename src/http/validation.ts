import { STATUS_CODES } from 'node:http';
import { Ajv, type Options } from 'ajv';
import formats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { problem } from './problems.js';

/**
 * A zod schema as the JSON schema that Fastify compiles into validators and serialisers: zod is the
 * one source of every shape, and none of it runs per request. (`input` is what comes from outside:
 * there a field with a default may be missing.)
 */
export function jsonSchema(
  schema: z.ZodType,
  io: 'input' | 'output' = 'output',
): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io });
  return rest;
}

/**
 * Validates bodies as they are: "2" is no number, and an unknown field is an error, not dropped.
 * What comes in the address is text, so there "2" is a number.
 */
export function validateStrictly(app: FastifyInstance): void {
  const strict = newAjv({ coerceTypes: false });
  const coercing = newAjv({ coerceTypes: true });
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? strict : coercing).compile(schema as Record<string, unknown>),
  );
}

function newAjv(options: Options): Ajv {
  // All errors at once: bodies have at most 16 KiB, so that the work has a bound.
  const ajv = new Ajv({ allErrors: true, useDefaults: true, removeAdditional: false, ...options });
  formats.default(ajv);
  return ajv;
}

/** The answers of a route: its own, and the problems that it may answer instead. */
export function answers(
  status: number,
  schema: z.ZodType,
  problems: readonly number[],
): Record<number, unknown> {
  const refused = { content: { 'application/problem+json': { schema: jsonSchema(problem) } } };
  const entries = problems.map((code) => [code, { description: describe(code), ...refused }]);
  return {
    ...Object.fromEntries(entries),
    [status]: { description: 'As asked', ...jsonSchema(schema) },
  };
}

const describe = (status: number): string => STATUS_CODES[status] ?? 'A problem';
