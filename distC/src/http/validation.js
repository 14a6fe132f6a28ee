import { isUtf8 } from 'node:buffer';
import { STATUS_CODES } from 'node:http';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { z } from 'zod';
import { ProblemError, problem } from './problems.js';
/**
 * A zod schema as the JSON schema that Fastify compiles into validators and serialisers: zod is the
 * one source of every shape, and none of it runs per request. (`input` is what comes from outside:
 * there a field with a default may be missing.)
 */
export function jsonSchema(schema, io = 'output') {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io });
    return rest;
}
/** Takes JSON and nothing else: in UTF-8, and without keys that would reach a prototype. */
export function takeOnlyJson(app) {
    const parse = app.getDefaultJsonParser('error', 'error');
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
        // Read leniently, broken bytes all become U+FFFD: a name that the customer never sent.
        if (isUtf8(body))
            void parse(request, body.toString(), done);
        else
            done(new ProblemError('malformed', { detail: 'The body is not UTF-8' }));
    });
}
/**
 * Validates bodies as they are: "2" is no number, and an unknown field is an error, not dropped.
 * What comes in the address is text, so there "2" is a number.
 */
export function validateStrictly(app) {
    const strict = newAjv({ coerceTypes: false });
    const coercing = newAjv({ coerceTypes: true });
    app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'body' ? strict : coercing).compile(schema));
}
function newAjv(options) {
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
export function answers(status, schema, problems = []) {
    return {
        ...problemAnswers(problems),
        [status]: { description: 'As asked', ...jsonSchema(schema) },
    };
}
/** The problems that a route may answer, beside those that any route may. */
export function problemAnswers(problems = []) {
    const refused = { content: { 'application/problem+json': { schema: jsonSchema(problem) } } };
    const codes = [...problems, ...ANYWHERE];
    return Object.fromEntries(codes.map((code) => [code, { description: describe(code), ...refused }]));
}
const describe = (status) => STATUS_CODES[status] ?? 'A problem';
//# sourceMappingURL=validation.js.map