import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
/** What `/openapi.json` promises, and whether an answer keeps it. */
export class ApiDocument {
    version;
    #paths;
    /** OpenAPI 3.1 is JSON Schema 2020-12. */
    #ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
    constructor(text) {
        const { openapi, paths } = JSON.parse(text);
        this.version = openapi;
        this.#paths = paths;
        formats.default(this.#ajv);
    }
    /** `GET /search` and so on. */
    get routes() {
        return Object.entries(this.#paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`));
    }
    operation(route) {
        const [method = '', path = ''] = route.split(' ');
        const operation = this.#paths[path]?.[method.toLowerCase()];
        if (operation === undefined)
            throw new Error(`the document has no ${route}`);
        return operation;
    }
    /** What is wrong with an answer of a route, as the document has it; nothing if all is well. */
    async complaints(route, answer) {
        const promised = this.operation(route).responses[answer.status];
        if (promised === undefined)
            return [`${route} does not name ${answer.status}`];
        const text = await answer.text();
        if (promised.content === undefined)
            return text === '' ? [] : ['there should be no body'];
        const type = answer.headers.get('content-type')?.split(';')[0] ?? 'no type';
        const media = promised.content[type];
        if (media === undefined)
            return [`${route} ${answer.status} does not name ${type}`];
        const body = type.endsWith('json') ? JSON.parse(text) : text;
        return this.mismatches(media.schema, body);
    }
    /** What of a value does not fit a schema. */
    mismatches(schema, value) {
        const fits = this.#ajv.compile(schema);
        if (fits(value))
            return [];
        return (fits.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    }
}
//# sourceMappingURL=api-document.js.map