import { isUtf8 } from 'node:buffer';
import { STATUS_CODES } from 'node:http';
import { Ajv, type AnySchema, type Options, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ProblemError, problem } from './problems.js';

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

/** Takes JSON and nothing else: in UTF-8, and without keys that would reach a prototype. */
export function takeOnlyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    (request, body, done) => {
      // Read leniently, broken bytes all become U+FFFD: a name that the customer never sent.
      if (isUtf8(body)) void parse(request, body.toString(), done);
      else done(new ProblemError('malformed', { detail: 'The body is not UTF-8' }));
    },
  );
}

/**
 * Validates bodies as they are: "2" is no number, and an unknown field is an error, not dropped.
 * What comes in the address is text, so there "2" is a number.
 */
export function validateStrictly(app: FastifyInstance): void {
  const strict = newAjv({ coerceTypes: false });
  const coercing = newAjv({ coerceTypes: true });
  app.setValidatorCompiler<AnySchema>(({ schema, httpPart }) =>
    compiledWhenAsked(httpPart === 'body' ? strict : coercing, schema),
  );
}

/** Most workers are asked for few routes: to compile all schemas took a twentieth of their start. */
function compiledWhenAsked(ajv: Ajv, schema: AnySchema) {
  let validate: ValidateFunction | undefined;
  return (data: unknown) => {
    validate ??= ajv.compile(schema);
    return validate(data) || { error: validate.errors ?? [] };
  };
}

function newAjv(options: Options): Ajv {
  const ajv = new Ajv({
    allErrors: true, // bodies have at most 16 KiB, so that the work has a bound
    useDefaults: true,
    removeAdditional: false,
    validateSchema: false, // they are zod's; to check them again took a tenth of a worker's start
    ...options,
  });
  formats.default(ajv);
  return ajv;
}

/** What any route may answer: an error that nobody expected, and no answer in time. */
const ANYWHERE = [500, 503];

/** The answers of a route: its own, and the problems that it may answer instead. */
export function answers(
  status: number,
  schema: z.ZodType,
  problems: readonly number[] = [],
): Record<number, unknown> {
  return {
    ...problemAnswers(problems),
    [status]: { description: 'As asked', ...jsonSchema(schema) },
  };
}

/** The problems that a route may answer, beside those that any route may. */
export function problemAnswers(problems: readonly number[] = []): Record<number, unknown> {
  const refused = { content: { 'application/problem+json': { schema: jsonSchema(problem) } } };
  const codes = [...problems, ...ANYWHERE];
  return Object.fromEntries(
    codes.map((code) => [code, { description: describe(code), ...refused }]),
  );
}

/**
 * Leaves the problems out of what Fastify compiles: they are printed by JSON.stringify, and to make a
 * serialiser for each of a hundred took a twentieth of a worker's start. Call it before the routes, and
 * after what documents them.
 */
export function compileNoProblems(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const good = Object.entries(route.schema?.response ?? {}).filter(
      ([status]) => Number(status) < 400,
    );
    if (good.length > 0) route.schema = { ...route.schema, response: Object.fromEntries(good) };
  });
}

const describe = (status: number): string => STATUS_CODES[status] ?? 'A problem';
