import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buyBody } from '../../src/http/schemas.js';
import { anEvent } from '../support/folder.js';
import { sharedOffice } from './shared-office.js';
const office = sharedOffice({ events: { gala: anEvent(1_000_000), small: anEvent(7) } });
// Short and ASCII: zod counts UTF-16 units where JSON Schema counts characters, and which of the two
// holds is tested with emoji elsewhere.
const word = fc.string({ unit: 'grapheme-ascii', maxLength: 140 });
const eventId = fc.constantFrom('gala', 'gala', 'gala', 'small', 'none', '__proto__');
const quantity = fc.oneof(fc.integer({ min: -1, max: 12 }), fc.double(), fc.string());
/** Often nearly right: a body drawn blindly would never come past the first check. */
const body = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.record({ eventId, customer: word, quantity }, { requiredKeys: [] }), fc.record({ eventId, customer: word, quantity: fc.integer({ min: 1, max: 10 }) }, { requiredKeys: ['eventId', 'customer'] }), fc.record({
    eventId,
    customer: fc.jsonValue({ maxDepth: 1 }),
    extra: fc.jsonValue({ maxDepth: 2 }),
}));
test('no JSON is a 5xx, and none is sold that the schema refuses', async () => {
    let sold = 0;
    await fc.assert(fc.asyncProperty(body, async (value) => {
        const text = JSON.stringify(value) ?? 'null';
        const valid = buyBody.safeParse(JSON.parse(text)).success;
        const before = office().state().version;
        const { status } = await office().buy(text);
        expect(status).toBeOneOf(valid ? [201, 404, 409] : [400]);
        if (status === 201)
            sold++;
        expect(office().state().version - before).toBe(status === 201 ? 1 : 0);
    }), { numRuns: 300 });
    // Both kinds were met, and every sale is on record.
    expect(sold).toBeGreaterThan(5);
    expect(office().receipts()).toHaveLength(sold);
});
//# sourceMappingURL=any-body.test.js.map