/** The orders of a batch, `$2`. `customer` comes as JSON in a text, so that no character of it is lost. */
export const insertOrders = `
insert into turnstile.orders
  (event, first, quantity, remaining, version, token, customer, key_hash)
select event, first, quantity, remaining, version, token, customer::json, "keyHash"
from json_to_recordset($2) as sold (
  event integer, first integer, quantity integer, remaining integer, version integer, token text,
  customer text, "keyHash" text
)
`;
