/** A table of a backup: its rows, and how they are inserted again. */
export interface BackupTable {
  readonly name: string;
  /** Its rows as JSON texts. */
  readonly select: string;
  /** Inserts rows. `$1`: a JSON array of them. */
  readonly insert: string;
}

const table = (name: string, columns: string, override = '', given = columns): BackupTable => ({
  name,
  select: `select row_to_json(rows)::text as line from (select ${columns} from turnstile.${name}) rows`,
  insert: `insert into turnstile.${name} (${columns}) ${override}
    select ${given} from json_populate_recordset(null::turnstile.${name}, $1)`,
});

const eventColumns = `number, id, name, venue, starts_at, amount, currency, capacity, sales_from,
  sales_until`;
const inventoryColumns = 'event, remaining, seq, head, at, next_expiry';
const orderColumns = `event, first, quantity, remaining, version, token, customer, key_hash, amount,
  currency, hold_id`;
const holdColumns = `id, event, quantity, amount, currency, customer, until, remaining, version,
  key_hash, ended, first`;

/** Every table except that of the migrations. A backup of an older version has not all the columns. */
export const backupTables: readonly BackupTable[] = [
  table('office', 'id'),
  table(
    'events',
    `${eventColumns}, revision, removed, edited`,
    '',
    `${eventColumns}, coalesce(revision, 1), coalesce(removed, false), coalesce(edited, 0)`,
  ),
  table(
    'inventory',
    `${inventoryColumns}, issued, holds, cancelled, admitted, edited`,
    '',
    `${inventoryColumns},
      coalesce(issued, (select capacity from turnstile.events where number = event) - remaining),
      coalesce(holds, 0), coalesce(cancelled, 0), coalesce(admitted, 0), coalesce(edited, 0)`,
  ),
  table(
    'commits',
    'event, seq, prev, hash, exclusive, at, number, first, last',
    'overriding system value',
  ),
  {
    name: 'orders',
    // `customer` travels as JSON in a text, so that every character survives.
    select: `select row_to_json(rows)::text as line from (
      select event, first, quantity, remaining, version, token, customer::text as customer, key_hash,
        amount, currency, hold_id
      from turnstile.orders) rows`,
    insert: `insert into turnstile.orders (${orderColumns})
      select event, first, quantity, remaining, version, token, customer::json, key_hash, amount,
        currency, hold_id
      from json_to_recordset($1) as sold (
        event integer, first integer, quantity integer, remaining integer, version integer,
        token text, customer text, key_hash text, amount bigint, currency text, hold_id text)`,
  },
  table('serials', 'event, serial, first, exclusive'),
  {
    name: 'holds',
    select: `select row_to_json(rows)::text as line from (
      select id, event, quantity, amount, currency, customer::text as customer, until, remaining,
        version, key_hash, ended, first
      from turnstile.holds) rows`,
    insert: `insert into turnstile.holds (${holdColumns})
      select id, event, quantity, amount, currency, customer::json, until, remaining, version,
        key_hash, ended, first
      from json_to_recordset($1) as held (
        id text, event integer, quantity integer, amount bigint, currency text, customer text,
        until timestamptz, remaining integer, version integer, key_hash text, ended text,
        first integer)`,
  },
  table('hold_ends', 'hold, event, version, ended, at, exclusive'),
  table('cancellations', 'event, first, last, token, version, at, exclusive'),
  {
    name: 'admissions',
    select: `select row_to_json(rows)::text as line from (
      select event, serial, door::text as door, version, at, key_hash, exclusive
      from turnstile.admissions) rows`,
    insert: `insert into turnstile.admissions (event, serial, door, version, at, key_hash, exclusive)
      select event, serial, door::json, version, at, key_hash, exclusive
      from json_to_recordset($1) as admitted (
        event integer, serial integer, door text, version integer, at timestamptz, key_hash text,
        exclusive boolean)`,
  },
  table('edits', 'event, version, details'),
  table('outbox', 'single, progress'),
  table('outbox_positions', 'event, version, place'),
];

/** The time of the newest commit, which a backup of an older version does not have. */
export const completeInventory = `
update turnstile.inventory i set at = made.at
from (select event, max(at) as at from turnstile.commits group by event) made
where i.at is null and made.event = i.event
`;

/** New commits are numbered after the restored ones. */
export const continueNumbers = `
select setval(pg_get_serial_sequence('turnstile.commits', 'number'), coalesce(max(number), 0) + 1, false)
from turnstile.commits
`;

/** Whether anything was sold. */
export const selectHasSales = `
select exists (select from turnstile.orders) or exists (select from turnstile.commits) as sold
`;
