import { createHash, randomBytes } from 'node:crypto';
import { serialsFrom } from '../../booking/events.js';
/** Names the sales of a batch, and chains each event's commit to the one before. */
export function writingOf({ commits }) {
    const orderOf = new Map();
    const orders = [];
    const chained = commits.map((commit) => {
        const { before, remaining, sold } = commit;
        const tokens = newTokens(sold.length);
        const named = sold.map((sale, index) => newOrder(before.number, sale, tokens[index]));
        for (const [index, order] of named.entries()) {
            const { key: _, ...sale } = sold[index];
            orderOf.set(sold[index], { ...sale, orderId: orderIdOf(order) });
            orders.push(order);
        }
        const { number: event, head: prev } = before;
        const first = sold.at(0)?.serials.at(0) ?? 0;
        const last = sold.at(-1)?.serials.at(-1) ?? 0;
        return {
            event,
            seq: before.seq + 1,
            prev,
            hash: hashOf(commit, named),
            first,
            last,
            remaining,
        };
    });
    return { commits: chained, orders, orderOf };
}
function newOrder(event, { customer, quantity, serials, remaining, version, key }, token) {
    const [first = 0] = serials;
    const order = {
        event,
        first,
        quantity,
        remaining,
        version,
        token,
        customer: JSON.stringify(customer),
    };
    return key === undefined ? order : { ...order, keyHash: hashOfKey(key) };
}
/** The hash of a commit: 128 bits of SHA-256 over the commit before it and all that it sold. */
const hashOf = ({ before }, sold) => short(JSON.stringify([before.head, before.number, before.seq + 1, sold]));
/** Keys are compared, never shown: a hash is as good, and has no character that a text cannot hold. */
export const hashOfKey = (key) => short(key);
const short = (text) => createHash('sha256').update(text).digest('base64url').slice(0, 22);
/** 96 bits of chance each, which nobody guesses. (Asked for together: asking takes longest.) */
function newTokens(count) {
    const chance = randomBytes(12 * count);
    return Array.from({ length: count }, (_, index) => chance.toString('base64url', 12 * index, 12 * index + 12));
}
/** Where an order stands, and the token that only its buyer knows. */
const orderIdOf = ({ event, first, token }) => `${event.toString(36)}-${first.toString(36)}-${token}`;
/** What an order id says, or `undefined` for one that is not ours. */
export function readOrderId(orderId) {
    const [, event, first, token] = /^([0-9a-z]{1,6})-([0-9a-z]{1,6})-([\w-]{16})$/.exec(orderId) ?? [];
    if (event === undefined || first === undefined || token === undefined)
        return undefined;
    const place = { event: Number.parseInt(event, 36), first: Number.parseInt(first, 36), token };
    return place.event <= INTEGER_MAX && place.first <= INTEGER_MAX ? place : undefined;
}
/** PostgreSQL's integers. */
const INTEGER_MAX = 2 ** 31 - 1;
/** An order as its buyer was told. */
export function orderOfRow(row) {
    return {
        kind: 'sold',
        orderId: orderIdOf(row),
        eventId: row.event_id,
        customer: row.customer,
        quantity: row.quantity,
        serials: serialsFrom(row.first, row.quantity),
        remaining: row.remaining,
        version: row.version,
    };
}
