/** What is known of an event, and how many tickets remain. */
const eventColumns = `
e.number, e.id, e.name, e.venue, e.starts_at, e.amount::float8 as amount, e.currency, e.capacity,
i.remaining, i.seq, i.head
`;

/** `$1`: the ids of the events. */
export const selectInventory = `
select ${eventColumns}
from turnstile.inventory i join turnstile.events e on e.number = i.event
where e.id = any ($1)
order by i.event
`;

/**
 * The same, and locks the rows until the transaction ends. They are locked in the order of their
 * numbers, so two batches that need the same events cannot deadlock.
 */
export const lockInventory = `${selectInventory} for update of i`;

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
  readonly remaining: number;
  /** The number of commits of this event so far. */
  readonly seq: number;
  /** The hash of the newest of them. */
  readonly head: string;
}

const orders = `
select o.event, e.id as event_id, o.first, o.quantity, o.remaining, o.version, o.token, o.customer,
  o.key_hash
from turnstile.orders o join turnstile.events e on e.number = o.event
`;

/** The order of an event with this first serial and this token. */
export const selectOrder = `${orders} where o.event = $1 and o.first = $2 and o.token = $3`;

/** The orders that were sold with these keys. */
export const selectOrdersByKey = `${orders} where o.key_hash = any ($1)`;

export interface OrderRow {
  readonly event: number;
  readonly event_id: string;
  readonly first: number;
  readonly quantity: number;
  readonly remaining: number;
  readonly version: number;
  readonly token: string;
  readonly customer: string;
  readonly key_hash: string | null;
}

/**
 * Everything that was sold, counted per event, and the inventory beside it; one statement sees one
 * moment. A commit whose `prev` is not the hash of its event's previous commit is unchained.
 */
export const selectHistory = `
with sold as (
  select s.event, count(*)::integer as sold, count(distinct serial)::integer as distinct_serials,
    count(distinct serial)
      filter (where serial <= e.capacity - i.remaining)::integer as within_sold_count
  from turnstile.serials s
    join turnstile.events e on e.number = s.event
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
  /** `null` in commits of an older version, which did not record it. */
  readonly first: number | null;
  readonly last: number | null;
  readonly at: Date;
  /** The hash of the newest commit of its event. */
  readonly head: string;
}
