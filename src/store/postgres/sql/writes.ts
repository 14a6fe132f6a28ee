/** Writes the numbers back, whatever they are by now. `$1`: the commits. */
const updateInventory = `
update turnstile.inventory i
set remaining = made.remaining, seq = made.seq, head = made.hash
from json_to_recordset($1) as made (event integer, seq integer, remaining integer, hash text)
where i.event = made.event
`;

/** Writes the numbers back only where no other batch has done so since they were read. */
export const updateUnchangedInventory = `${updateInventory} and i.seq = made.seq - 1`;

/** One row for each event of a batch. `$1`: the commits, `$3`: whether the mode is exclusive. */
const insertCommits = `
insert into turnstile.commits (event, seq, prev, hash, first, last, exclusive)
select event, seq, prev, hash, first, last, $3
from json_to_recordset($1) as made (
  event integer, seq integer, prev text, hash text, first integer, last integer
)
`;

/** `$2`: the orders. `customer` is JSON in a text, so that every character survives. */
const insertOrders = `
insert into turnstile.orders
  (event, first, quantity, remaining, version, token, customer, key_hash)
select event, first, quantity, remaining, version, token, customer::json, "keyHash"
from json_to_recordset($2) as sold (
  event integer, first integer, quantity integer, remaining integer, version integer, token text,
  customer text, "keyHash" text
)
`;

/** One row for each ticket. `$2`: the orders, `$3`: whether the mode is exclusive. */
const insertSerials = `
insert into turnstile.serials (event, serial, first, exclusive)
select event, serial, first, $3
from json_to_recordset($2) as sold (event integer, first integer, quantity integer),
  generate_series(first, first + quantity - 1) as serial
`;

// A batch is one statement: beginning and ending several costs more than writing a few dozen rows.

/** Orders, serials and commits. */
export const writeSales = `
with orders as (${insertOrders}), serials as (${insertSerials})
${insertCommits}
`;

/** The inventory, and all of that. */
export const writeBatch = `
with inventory as (${updateInventory}), orders as (${insertOrders}), serials as (${insertSerials})
${insertCommits}
`;
