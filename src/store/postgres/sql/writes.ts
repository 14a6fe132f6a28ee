/** Writes the numbers back, whatever they are by now. `$1`: the commits. */
const updateInventory = `
update turnstile.inventory i
set remaining = made.remaining, issued = made.issued, seq = made.seq, head = made.hash, at = made.at,
  holds = made.holds, next_expiry = made."nextExpiry", cancelled = made.cancelled,
  admitted = made.admitted, edited = made.edited
from json_to_recordset($1) as made (
  event integer, seq integer, hash text, at timestamptz, remaining integer, issued integer,
  holds integer, "nextExpiry" timestamptz, cancelled integer, admitted integer, edited integer
)
where i.event = made.event
`;

/** Writes the numbers back only where no other batch has done so since they were read. */
export const updateUnchangedInventory = `${updateInventory} and i.seq = made.seq - 1`;

/** One row for each event of a batch. `$1`: the commits, `$3`: whether the mode is exclusive. */
const insertCommits = `
insert into turnstile.commits (event, seq, prev, hash, at, first, last, exclusive)
select event, seq, prev, hash, at, first, last, $3
from json_to_recordset($1) as made (
  event integer, seq integer, prev text, hash text, at timestamptz, first integer, last integer
)
`;

/** `$2`: the orders. `customer` is JSON in a text, so that every character survives. */
const insertOrders = `
insert into turnstile.orders
  (event, first, quantity, remaining, version, token, customer, amount, currency, hold_id, key_hash)
select event, first, quantity, remaining, version, token, customer::json, amount, currency, "holdId",
  "keyHash"
from json_to_recordset($2) as sold (
  event integer, first integer, quantity integer, remaining integer, version integer, token text,
  customer text, amount bigint, currency text, "holdId" text, "keyHash" text
)
`;

/** One row for each ticket. `$2`: the orders, `$3`: whether the mode is exclusive. */
const insertSerials = `
insert into turnstile.serials (event, serial, first, exclusive)
select event, serial, first, $3
from json_to_recordset($2) as sold (event integer, first integer, quantity integer),
  generate_series(first, first + quantity - 1) as serial
`;

/** What happens besides sales. `$4`: its rows, `$3`: whether the mode is exclusive. */
const writeLife = `
new_holds as (
  insert into turnstile.holds (id, event, quantity, amount, currency, customer, until, remaining,
    version, key_hash, ended, first)
  select id, event, quantity, amount, currency, customer::json, until, remaining, version, "keyHash",
    ended, first
  from json_to_recordset($4::json -> 'holds') as made (
    id text, event integer, quantity integer, amount bigint, currency text, customer text,
    until timestamptz, remaining integer, version integer, "keyHash" text, ended text, first integer
  )
), ended as (
  select * from json_to_recordset($4::json -> 'ends') as made (
    hold text, event integer, version integer, ended text, at timestamptz, first integer
  )
), ended_holds as (
  update turnstile.holds h set ended = ended.ended, first = ended.first
  from ended where h.id = ended.hold
), hold_ends as (
  insert into turnstile.hold_ends (hold, event, version, ended, at, exclusive)
  select hold, event, version, ended, at, $3 from ended
), cancellations as (
  insert into turnstile.cancellations (event, first, last, token, version, at, exclusive)
  select event, first, last, token, version, at, $3
  from json_to_recordset($4::json -> 'cancellations') as made (
    event integer, first integer, last integer, token text, version integer, at timestamptz
  )
), admissions as (
  insert into turnstile.admissions (event, serial, door, version, at, key_hash, exclusive)
  select event, serial, door::json, version, at, "keyHash", $3
  from json_to_recordset($4::json -> 'admissions') as made (
    event integer, serial integer, door text, version integer, at timestamptz, "keyHash" text
  )
), edited as (
  select * from rows from (
    json_to_recordset($4::json -> 'edits') as (event integer, version integer, details text)
  ) with ordinality as made (event, version, details, position)
), edits as (
  insert into turnstile.edits (event, version, details)
  select event, version, details::json from edited order by position
), last_edits as (
  select distinct on (event) event, version, details::json as details
  from edited order by event, position desc
), events as (
  update turnstile.events e
  set name = coalesce(made.details ->> 'name', e.name),
    venue = coalesce(made.details ->> 'venue', e.venue),
    starts_at = coalesce(made.details ->> 'startsAt', e.starts_at),
    amount = coalesce((made.details -> 'price' ->> 'amount')::bigint, e.amount),
    currency = coalesce(made.details -> 'price' ->> 'currency', e.currency),
    capacity = coalesce((made.details ->> 'capacity')::integer, e.capacity),
    sales_from = made.details ->> 'salesFrom',
    sales_until = made.details ->> 'salesUntil',
    revision = coalesce((made.details ->> 'revision')::integer, e.revision),
    removed = made.details is null,
    edited = made.version
  from last_edits made where e.number = made.event
)
`;

// A batch is one statement: beginning and ending several costs more than writing a few dozen rows.

/** A statement for batches that only sell, and one for all others. */
export interface WriteTexts {
  readonly sales: string;
  readonly everything: string;
}

/** Orders, serials and commits. */
const sales = `orders as (${insertOrders}), serials as (${insertSerials})`;
export const writeSales: WriteTexts = {
  sales: `with ${sales} ${insertCommits}`,
  everything: `with ${writeLife}, ${sales} ${insertCommits}`,
};

/** The inventory, and all of that. */
const inventory = `inventory as (${updateInventory})`;
export const writeBatch: WriteTexts = {
  sales: `with ${inventory}, ${sales} ${insertCommits}`,
  everything: `with ${inventory}, ${writeLife}, ${sales} ${insertCommits}`,
};
