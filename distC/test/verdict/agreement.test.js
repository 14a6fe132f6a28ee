import { describe, test } from 'vitest';
import { acceptGoodHistories, agreeOnBadHistories } from './agreement.js';
import { mutations } from './mutations.js';
/** All of them take a second or two. */
const runs = { numRuns: 200 };
test.each([1, 3])('histories of a correct office, of up to %i events, are accepted', (eventsMax) => {
    acceptGoodHistories(eventsMax, runs);
});
describe.each(mutations)('$name', (mutation) => {
    test.each([1, 3])('is judged as the search judges it, with up to %i events', (eventsMax) => {
        agreeOnBadHistories(mutation, eventsMax, runs);
    });
});
//# sourceMappingURL=agreement.test.js.map