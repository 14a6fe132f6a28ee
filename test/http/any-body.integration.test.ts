import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buyBody } from '../../src/http/schemas.js';
import { anEvent } from '../support/folder.js';
import { sharedApp } from './test-app.js';

const app = sharedApp({ events: { gala: anEvent(1_000_000), small: anEvent(7) } });

// Short and ASCII: zod counts UTF-16 units, JSON Schema counts characters. hostile-bodies.test.ts has
// the emoji.
const word = fc.string({ unit: 'grapheme-ascii', maxLength: 140 });
const eventId = fc.constantFrom('gala', 'gala', 'gala', 'small', 'none', '__proto__');
const quantity = fc.oneof(fc.integer({ min: -1, max: 12 }), fc.double(), fc.string());

/** Mostly almost valid: a random body would always fail the first check. */
const body = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.record({ eventId, customer: word, quantity }, { requiredKeys: [] }),
  fc.record(
    { eventId, customer: word, quantity: fc.integer({ min: 1, max: 10 }) },
    { requiredKeys: ['eventId', 'customer'] },
  ),
  fc.record({
    eventId,
    customer: fc.jsonValue({ maxDepth: 1 }),
    extra: fc.jsonValue({ maxDepth: 2 }),
  }),
);

test('no JSON body causes a 5xx, and only valid bodies are sold', async () => {
  let sold = 0;
  await fc.assert(
    fc.asyncProperty(body, async (value) => {
      const text = JSON.stringify(value) ?? 'null';
      const valid = buyBody.safeParse(JSON.parse(text)).success;
      const before = app().state().version;
      const { status } = await app().buy(text);
      expect(status).toBeOneOf(valid ? [201, 404, 409] : [400]);
      if (status === 201) sold++;
      expect(app().state().version - before).toBe(status === 201 ? 1 : 0);
    }),
    { numRuns: 300 },
  );
  // Some bodies were sold, and each sale has a receipt.
  expect(sold).toBeGreaterThan(5);
  expect(app().receipts()).toHaveLength(sold);
});
