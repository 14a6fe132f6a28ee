const orders = `
select o.event, e.id as event_id, o.first, o.quantity, o.remaining, o.version, o.token, o.customer,
  o.key_hash
from turnstile.orders o join turnstile.events e on e.number = o.event
`;
/** The order of an event with this first serial and this token. */
export const selectOrder = `${orders} where o.event = $1 and o.first = $2 and o.token = $3`;
/** The orders that were sold with these keys. */
export const selectOrdersByKey = `${orders} where o.key_hash = any ($1)`;
