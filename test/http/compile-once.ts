import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';

/**
 * Compiles each schema once, however many apps the tests of this process build: an app has dozens of
 * schemas, and compiling them is most of its start.
 */
const compiled = new Map<string, ValidateFunction>();
const { compile } = Ajv2020.prototype;

Ajv2020.prototype.compile = function compileOnce(this: Ajv2020, schema: AnySchema) {
  const key = `${this.opts.coerceTypes} ${JSON.stringify(schema)}`;
  const validate = compiled.get(key) ?? compile.call(this, schema);
  compiled.set(key, validate);
  return validate;
} as typeof compile;
