/** A table of a backup: its rows, and how they are inserted again. */
export interface BackupTable {
  readonly name: string;
  /** Its rows as JSON texts. */
  readonly select: string;
  /** Inserts rows. `$1`: a JSON array of them. */
  readonly insert: string;
}

const table = (name: string, columns: string, override = ''): BackupTable => ({
  name,
  select: `select row_to_json(rows)::text as line from (select ${columns} from turnstile.${name}) rows`,
  insert: `insert into turnstile.${name} (${columns}) ${override}
    select ${columns} from json_populate_recordset(null::turnstile.${name}, $1)`,
});

const orderColumns = 'event, first, quantity, remaining, version, token, customer, key_hash';

/** Every table except that of the migrations. */
export const backupTables: readonly BackupTable[] = [
  table('office', 'id'),
  table('events', 'number, id, name, venue, starts_at, amount, currency, capacity'),
  table('inventory', 'event, remaining, seq, head'),
  table(
    'commits',
    'event, seq, prev, hash, exclusive, at, number, first, last',
    'overriding system value',
  ),
  {
    name: 'orders',
    // `customer` travels as JSON in a text, so that every character survives.
    select: `select row_to_json(rows)::text as line from (
      select event, first, quantity, remaining, version, token, customer::text as customer, key_hash
      from turnstile.orders) rows`,
    insert: `insert into turnstile.orders (${orderColumns})
      select event, first, quantity, remaining, version, token, customer::json, key_hash
      from json_to_recordset($1) as sold (
        event integer, first integer, quantity integer, remaining integer, version integer,
        token text, customer text, key_hash text)`,
  },
  table('serials', 'event, serial, first, exclusive'),
];

/** New commits are numbered after the restored ones. */
export const continueNumbers = `
select setval(pg_get_serial_sequence('turnstile.commits', 'number'), coalesce(max(number), 0) + 1, false)
from turnstile.commits
`;

/** Whether anything was sold. */
export const selectHasSales = `
select exists (select from turnstile.orders) or exists (select from turnstile.commits) as sold
`;
