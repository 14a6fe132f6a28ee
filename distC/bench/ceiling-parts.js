import { parts } from '../src/parts.js';
const told = Promise.resolve({
    kind: 'sold',
    orderId: '0-AAAAAAAAAAAAAAAA',
    eventId: 'world-stream',
    customer: 'bench',
    quantity: 1,
    serials: [1],
    remaining: 49_999_999,
    version: 1,
});
/** Answers every buy with the same sale, at once: what is left is HTTP, JSON and the cluster. */
const constantQueue = {
    buy: () => told,
    drain: async () => true,
    draining: false,
    unanswered: 0,
};
export const ceilingParts = { ...parts, newQueue: () => constantQueue };
//# sourceMappingURL=ceiling-parts.js.map