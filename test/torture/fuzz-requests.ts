import fc, { type Arbitrary } from 'fast-check';
import type { ApiDocument, Operation } from '../http/api-document.js';

/** A request that the API document allows, or nearly allows. */
export interface FuzzRequest {
  /** The route that it was generated from. */
  readonly route: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Known values by parameter name: random text would never match an event's id. */
export type Words = Readonly<Record<string, readonly string[]>>;

/** Random requests for every route of the API document, reproducible by the seed. */
export function fuzzRequests(
  document: ApiDocument,
  words: Words,
  { seed, count }: { readonly seed: number; readonly count: number },
): FuzzRequest[] {
  const any = fc.oneof(
    ...document.routes.map((route) => requestFor(route, document.operation(route), words)),
  );
  return fc.sample(any, { seed, numRuns: count });
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'];

const nonsense = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constantFrom('', ' ', '\0', '%', '../../etc/passwd', '__proto__', '{}', '-1', '1e400', 'NaN'),
  fc.constantFrom('a'.repeat(129), 'a'.repeat(2000), '\n'.repeat(20), '2027-13-45', '🎫'),
);

function requestFor(route: string, operation: Operation, words: Words): Arbitrary<FuzzRequest> {
  const [method = '', template = ''] = route.split(' ');
  const { parameters = [], requestBody } = operation;
  const named = (where: string): Arbitrary<Record<string, unknown>> => {
    const here = parameters.filter((parameter) => parameter.in === where);
    const shape = here.map(({ name, schema }) => [name, nearly(schema, words, name)]);
    return fc.record(Object.fromEntries(shape), { requiredKeys: [] });
  };
  const schema = requestBody?.content['application/json']?.schema;
  const json = schema === undefined ? nonsense : nearly(schema, words).map((it) => text(it));
  return fc
    .record({
      method: mostly(fc.constant(method), fc.constantFrom(...METHODS)),
      place: mostly(named('path'), fc.constant<Record<string, unknown>>({})),
      query: mostly(named('query'), fc.dictionary(nonsense, nonsense, { maxKeys: 3 })),
      ending: mostly(
        fc.constant(''),
        fc.constantFrom('/', '/x', '%', '%zz', '%00', '//', '?', ';'),
      ),
      headers: mostly(fc.constant({}), named('header')),
      type: mostly(fc.constant('application/json'), fc.constantFrom('text/plain', 'x', '')),
      body: mostly(
        json,
        fc.oneof(
          nonsense,
          json.map((whole) => whole.slice(1)),
        ),
      ),
    })
    .map(({ method, place, query, ending, headers, type, body }): FuzzRequest => {
      const path = template.replace(/{(\w+)}/g, (_, name: string) =>
        encodeURIComponent(text(place[name])),
      );
      const asked = new URLSearchParams(
        Object.entries(query).map(([name, value]): [string, string] => [name, text(value)]),
      );
      const sent = Object.entries(headers).map(([name, value]) => [name, headerOf(text(value))]);
      const asIs = { route, method, path: `${path}${ending}${asked.size > 0 ? `?${asked}` : ''}` };
      if (schema === undefined) return { ...asIs, headers: Object.fromEntries(sent) };
      // Node omits the length for methods without a body, and the body would be parsed as a request.
      const length = String(Buffer.byteLength(body));
      const about = { 'content-type': type, 'content-length': length };
      return { ...asIs, headers: { ...Object.fromEntries(sent), ...about }, body };
    });
}

const mostly = <T, U>(usual: Arbitrary<T>, other: Arbitrary<U>): Arbitrary<T | U> =>
  fc.oneof({ arbitrary: usual, weight: 9 }, { arbitrary: other, weight: 1 });

/** Mostly a value that the schema accepts, sometimes one that it should reject. */
function nearly(schema: Schema, words: Words, name = ''): Arbitrary<unknown> {
  const known = words[name];
  const valid = known === undefined ? fits(schema, words) : fc.constantFrom(...known);
  return mostly(valid, fc.oneof(nonsense, fc.jsonValue({ maxDepth: 2 }), fc.double()));
}

function fits(schema: Schema, words: Words): Arbitrary<unknown> {
  const { type, format, anyOf, properties = {}, required = [] } = schema;
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((each) => fits(each, words)));
  switch (type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000 });
    case 'object': {
      const shape = Object.entries(properties).map(
        ([name, each]) => [name, nearly(each, words, name)] as const,
      );
      return fc.record(Object.fromEntries(shape), { requiredKeys: [...required] });
    }
    default: {
      if (format !== undefined) {
        const day = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
        return day.map((date) => date.toISOString().slice(0, format === 'date' ? 10 : undefined));
      }
      const { minLength = 0, maxLength = 100 } = schema;
      return fc.string({ minLength, maxLength });
    }
  }
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

/** Node rejects all other characters in a header. */
const headerOf = (value: string): string => value.replace(/[^\t\x20-\x7e]/g, '?');
