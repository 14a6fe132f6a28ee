/**
 * Migration 1: every table of an office.
 *
 * `inventory` is apart from `events` because it is the one row that every sale of an event writes:
 * it stays short, and its page keeps room for the next versions of it (fillfactor).
 *
 * `exclusive` says that a commit was made under a mode that keeps others out. Those obey the unique
 * indexes, a second guard behind the lock. Commits of `off` must be able to break every rule: they
 * are the evidence of what went wrong.
 *
 * An order is its event, its first serial and a token that nobody guesses: indexes of numbers that only
 * grow are written at their end. A name of a buyer is JSON, because text in PostgreSQL cannot hold the character 0.
 */
export const migration1 = `
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
