export const ticketEventOf = (row) => ({
    name: row.name,
    venue: row.venue,
    startsAt: row.starts_at,
    price: { amount: row.amount, currency: row.currency },
    capacity: row.capacity,
    remaining: row.remaining,
});
/** The commits of all these events. */
export const versionOf = (rows) => rows.reduce((sum, { seq }) => sum + seq, 0);
/** The state of all these events. */
export function stateOf(rows) {
    const events = rows.map((row) => [row.id, ticketEventOf(row)]);
    return { version: versionOf(rows), events: Object.fromEntries(events) };
}
