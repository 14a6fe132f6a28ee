/** What is known of an event, and what is left of it. */
export const eventColumns = `
e.number, e.id, e.name, e.venue, e.starts_at, e.amount::float8 as amount, e.currency, e.capacity,
i.remaining, i.seq, i.head
`;
/** `$1`: the ids of the events wanted. */
export const selectInventory = `
select ${eventColumns}
from turnstile.inventory i join turnstile.events e on e.number = i.event
where e.id = any ($1)
order by i.event
`;
/**
 * The same, and nobody else may write these rows until the transaction ends. They are locked in the
 * order of their numbers, so that two batches that want the same events never wait for each other.
 */
export const lockInventory = `${selectInventory} for update of i`;
