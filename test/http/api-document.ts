import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

interface MediaTypes {
  readonly [type: string]: { readonly schema: object };
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly {
    name: string;
    in: string;
    schema: object;
    description?: string;
  }[];
  readonly requestBody?: { readonly content: MediaTypes };
  readonly responses: Readonly<Record<string, { description: string; content?: MediaTypes }>>;
}

/** The OpenAPI document, and checks of answers against it. */
export class ApiDocument {
  readonly version: string;
  readonly servers: readonly { readonly url: string }[];
  readonly info: Readonly<Record<string, unknown>>;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly security: readonly object[];
  readonly securitySchemes: Readonly<Record<string, { type: string; scheme: string }>>;
  readonly #paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  /** OpenAPI 3.1 uses JSON Schema 2020-12. */
  readonly #ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  /** By the text of the schema: many answers have equal ones. */
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(text: string) {
    const { openapi, servers, paths, info, tags, security, components } = JSON.parse(text);
    this.version = openapi;
    this.servers = servers;
    this.info = info;
    this.tags = tags;
    this.security = security;
    this.securitySchemes = components.securitySchemes;
    this.#paths = paths;
    formats.default(this.#ajv);
  }

  /** Such as `GET /search`. */
  get routes(): string[] {
    return Object.entries(this.#paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  operation(route: string): Operation {
    const [method = '', path = ''] = route.split(' ');
    const operation = this.#paths[path]?.[method.toLowerCase()];
    if (operation === undefined) throw new Error(`the document has no ${route}`);
    return operation;
  }

  /** Where an answer of a route differs from the document; empty if it matches. */
  async mismatches(route: string, answer: Response): Promise<string[]> {
    const documented = this.operation(route).responses[answer.status];
    if (documented === undefined) return [`${route} has no ${answer.status}`];

    const text = await answer.text();
    if (documented.content === undefined) return text === '' ? [] : ['the body should be empty'];

    const type = answer.headers.get('content-type')?.split(';')[0] ?? 'no type';
    const media = documented.content[type];
    if (media === undefined) return [`${route} ${answer.status} has no ${type}`];
    const body: unknown = type.endsWith('json') ? JSON.parse(text) : text;
    return this.schemaErrors(media.schema, body);
  }

  /** Why a value does not match a schema; empty if it does. */
  schemaErrors(schema: object, value: unknown): string[] {
    const text = JSON.stringify(schema);
    const validate = this.#validators.get(text) ?? this.#ajv.compile(schema);
    this.#validators.set(text, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }
}
