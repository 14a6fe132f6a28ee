// Migrations are numbered. One that was released is never changed; another one follows it.

/** The table of the migrations that were made. */
export const migrationsTable = `
create schema if not exists turnstile;
create table if not exists turnstile.migrations (
  number integer primary key,
  at timestamptz not null default clock_timestamp()
);
`;

/**
 * Migration 1: every table.
 *
 * `inventory` is separate from `events` because every sale of an event updates its row: it stays
 * short, and its page keeps room for the next versions of it (fillfactor).
 *
 * `exclusive` is true for commits of a mode that keeps batches apart. Those obey the unique indexes, a
 * second guard behind the lock. Commits of `off` must be able to break every rule: they are the
 * record of what went wrong.
 *
 * An order is identified by its event, its first serial and a random token: indexes of growing numbers
 * are written at their end. `customer` is JSON, because PostgreSQL's text cannot hold character 0.
 */
const migration1 = `
create table turnstile.office (
  id text collate "C" primary key
);
create table turnstile.events (
  number integer primary key,
  id text collate "C" not null unique,
  name text not null,
  venue text not null,
  starts_at text not null,
  amount bigint not null,
  currency text not null,
  capacity integer not null
);
create table turnstile.inventory (
  event integer primary key references turnstile.events,
  remaining integer not null check (remaining >= 0),
  seq integer not null,
  head text collate "C" not null
) with (fillfactor = 20);
create table turnstile.commits (
  event integer not null,
  seq integer not null,
  prev text collate "C" not null,
  hash text collate "C" not null,
  exclusive boolean not null,
  at timestamptz not null default clock_timestamp()
);
create unique index on turnstile.commits (event, seq) where exclusive;
create table turnstile.orders (
  event integer not null,
  first integer not null,
  quantity integer not null,
  remaining integer not null,
  version integer not null,
  token text collate "C" not null,
  customer json not null,
  key_hash text collate "C"
);
create index on turnstile.orders (event, first);
create unique index on turnstile.orders (key_hash) where key_hash is not null;
create table turnstile.serials (
  event integer not null,
  serial integer not null,
  first integer not null,
  exclusive boolean not null
);
create unique index on turnstile.serials (event, serial) where exclusive;
`;

/**
 * Migration 2: what `/ledger` shows of the newest commits. `number` is the order in which they were
 * written; first and last serial are stored, because finding them among the orders would read
 * a million rows.
 */
const migration2 = `
alter table turnstile.commits
  add column number bigint generated always as identity,
  add column first integer,
  add column last integer;
update turnstile.commits made set first = sold.first, last = sold.last
from (
  select event, version, min(first) as first, max(first + quantity - 1) as last
  from turnstile.orders group by event, version
) sold
where sold.event = made.event and sold.version = made.seq;
create unique index on turnstile.commits (number);
`;

export const migrations: readonly (readonly [number: number, text: string])[] = [
  [1, migration1],
  [2, migration2],
];

/** Every event with all its tickets for sale. `$1`: a JSON array of events, `$2`: the office's id. */
export const insertEvents = `
with given as (
  select * from json_to_recordset($1) as given (
    number integer, id text, name text, venue text, "startsAt" text, amount bigint, currency text,
    capacity integer
  )
), known as (
  insert into turnstile.events (number, id, name, venue, starts_at, amount, currency, capacity)
  select number, id, name, venue, "startsAt", amount, currency, capacity from given
  returning number, capacity
)
insert into turnstile.inventory (event, remaining, seq, head)
select number, capacity, 0, $2 from known
`;

/** The random id of an office: the `prev` of the first commit of every event. */
export const insertOffice = 'insert into turnstile.office (id) values ($1)';

export const selectOffice = 'select id from turnstile.office';

export const truncateAll = `
truncate turnstile.office, turnstile.events, turnstile.inventory, turnstile.commits,
  turnstile.orders, turnstile.serials
`;
