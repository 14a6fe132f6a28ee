/** Whether the tables were created, in a version that this one knows. */
export const selectTablesExist = `select to_regclass('turnstile.commits') is not null as exists`;

/** What is known of an event, and what its newest commit wrote. */
const eventColumns = `
e.number, e.id, e.name, e.venue, e.starts_at, e.amount::float8 as amount, e.currency, e.capacity,
e.sales_from, e.sales_until, e.revision, e.removed, e.edited as details_edited,
i.remaining, i.issued, i.seq, i.head, i.at, i.holds, i.next_expiry, i.cancelled, i.admitted, i.edited
`;

const inventoryOf = `
from turnstile.inventory i join turnstile.events e on e.number = i.event
where e.id = any ($1)
order by i.event
`;

/** `$1`: the ids of the events. `clock` is the time of the database. */
export const selectInventory = `select ${eventColumns}, clock_timestamp() as clock ${inventoryOf}`;

/**
 * The same, and locks the rows until the transaction ends. They are locked in the order of their
 * numbers, so two batches that need the same events cannot deadlock. The clock is read when a row is
 * locked, not before: a batch may have waited for it.
 */
export const lockInventory = `
with locked as materialized (select ${eventColumns} ${inventoryOf} for update of i)
select *, clock_timestamp() as clock from locked
`;

/** The number of commits of each event. `$1`: the numbers of the events. */
export const selectSeqs = 'select event, seq from turnstile.inventory where event = any ($1)';

/** Every event, in the order of the seed. One statement sees one moment. */
export const selectAllInventory = `
select ${eventColumns}
from turnstile.events e join turnstile.inventory i on i.event = e.number
order by e.number
`;

export interface InventoryRow {
  readonly number: number;
  readonly id: string;
  readonly name: string;
  readonly venue: string;
  readonly starts_at: string;
  readonly amount: number;
  readonly currency: string;
  readonly capacity: number;
  readonly sales_from: string | null;
  readonly sales_until: string | null;
  readonly revision: number;
  /** A removed event, or one that was never saved, keeps its number and its commits. */
  readonly removed: boolean;
  readonly remaining: number;
  /** The highest serial so far. */
  readonly issued: number;
  /** The number of commits of this event so far. */
  readonly seq: number;
  /** The hash of the newest of them. */
  readonly head: string;
  /** The time of the newest of them; `null` if there is none. */
  readonly at: Date | null;
  /** Holds that count. */
  readonly holds: number;
  /** No hold ends before it; `null` if there is none that could. */
  readonly next_expiry: Date | null;
  /** Cancelled tickets, and admitted ones. */
  readonly cancelled: number;
  readonly admitted: number;
  /** The commit that wrote the details of the event last, as the inventory says and as the details say. */
  readonly edited: number;
  readonly details_edited: number;
}

/** An inventory row of a batch. */
export interface ClockedRow extends InventoryRow {
  /** The time of the database when it was read. */
  readonly clock: Date;
}

const orderColumns = `
o.event, e.id as event_id, o.first, o.quantity, o.remaining, o.version, o.token, o.customer,
o.amount::float8 as amount, o.currency, o.hold_id
`;

const orders = `
select ${orderColumns} from turnstile.orders o join turnstile.events e on e.number = o.event
`;

/** The order of an event with this first serial and this token. */
export const selectOrder = `${orders} where o.event = $1 and o.first = $2 and o.token = $3`;

/** The order that a hold became. `$1`: the hold. */
export const selectOrderOfHold = `
select ${orderColumns}
from turnstile.holds h
  join turnstile.orders o on o.event = h.event and o.first = h.first and o.hold_id = h.id
  join turnstile.events e on e.number = o.event
where h.id = $1
`;

export interface OrderRow {
  readonly event: number;
  readonly event_id: string;
  readonly first: number;
  readonly quantity: number;
  readonly remaining: number;
  readonly version: number;
  readonly token: string;
  readonly customer: string;
  /** `null` in orders of an older version. */
  readonly amount: number | null;
  readonly currency: string | null;
  /** The hold that was confirmed. */
  readonly hold_id: string | null;
}

/**
 * What was done with these keys. Each kind has a unique index of its own: a key that two kinds of
 * commands of two events use at the same moment belongs to both.
 */
export const selectResultsByKey = `
select 'sold' as kind, ${orderColumns}, o.key_hash, null::timestamptz as at
from turnstile.orders o join turnstile.events e on e.number = o.event
where o.key_hash = any ($1)
union all
select 'held', h.event, e.id, 0, h.quantity, h.remaining, h.version, h.id, h.customer,
  h.amount::float8, h.currency, null, h.key_hash, h.until
from turnstile.holds h join turnstile.events e on e.number = h.event
where h.key_hash = any ($1)
union all
select 'admitted', a.event, e.id, a.serial, 1, 0, a.version, '', a.door, null, null, null,
  a.key_hash, a.at
from turnstile.admissions a join turnstile.events e on e.number = a.event
where a.key_hash = any ($1)
`;

/** Of a hold, `token` is its id and `at` its end; of an admission, `first` is the ticket and `customer` the door. */
export interface KeyedRow extends OrderRow {
  readonly kind: 'sold' | 'held' | 'admitted';
  readonly key_hash: string;
  readonly at: Date | null;
}

/**
 * Everything that was sold, counted per event, and the inventory beside it; one statement sees one
 * moment. A commit whose `prev` is not the hash of its event's previous commit is unchained.
 */
export const selectHistory = `
with sold as (
  select s.event, count(*)::integer as sold, count(distinct serial)::integer as distinct_serials,
    count(distinct serial)
      filter (where serial <= i.issued)::integer as within_sold_count
  from turnstile.serials s
    join turnstile.inventory i on i.event = s.event
  group by s.event
), made as (
  select event, count(*)::integer as commits, count(distinct seq)::integer as versions,
    count(*) filter (where case when seq = 1 then prev <> (select id from turnstile.office)
      else not exists (
        select from turnstile.commits earlier
        where earlier.event = later.event and earlier.seq = later.seq - 1
          and earlier.hash = later.prev
      ) end)::integer as unchained
  from turnstile.commits later
  group by event
)
select ${eventColumns},
  coalesce(sold, 0) as sold, coalesce(distinct_serials, 0) as distinct_serials,
  coalesce(within_sold_count, 0) as within_sold_count, coalesce(commits, 0) as commits,
  coalesce(versions, 0) as versions, coalesce(unchained, 0) as unchained
from turnstile.events e
  join turnstile.inventory i on i.event = e.number
  left join sold on sold.event = e.number
  left join made on made.event = e.number
order by e.number
`;

export interface HistoryCounts {
  readonly sold: number;
  readonly distinct_serials: number;
  readonly within_sold_count: number;
  readonly commits: number;
  readonly versions: number;
  readonly unchained: number;
}

/**
 * The newest commits, oldest first, each with the head of its event's chain; one statement sees one
 * moment. `$1`: how many.
 */
export const selectRecentCommits = `
select e.id as event_id, newest.seq, newest.prev, newest.hash, newest.first, newest.last, newest.at,
  i.head
from (select * from turnstile.commits order by number desc limit $1) newest
  join turnstile.events e on e.number = newest.event
  join turnstile.inventory i on i.event = newest.event
order by newest.number
`;

export interface CommitRow {
  readonly event_id: string;
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
  /** `null` in commits that sold nothing. */
  readonly first: number | null;
  readonly last: number | null;
  readonly at: Date;
  /** The hash of the newest commit of its event. */
  readonly head: string;
}
