import { z } from 'zod';

/**
 * A zod schema as JSON Schema 2020-12. Fastify compiles it once, at the start, into a validator or a
 * serializer, and OpenAPI documents it; zod itself does not run per request.
 *
 * @param io `input` for requests: there a field with a default is optional
 */
export function jsonSchema(
  schema: z.ZodType,
  io: 'input' | 'output' = 'output',
): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}

/** The response of a route that answers with JSON, by its status. */
export const jsonResponse = (status: number, schema: z.ZodType): Record<number, unknown> => ({
  [status]: { description: 'As requested', ...jsonSchema(schema) },
});
