/** Serials of one event: an order that was cancelled, or a ticket that was admitted. */
export interface TakenRow {
  readonly kind: 'cancelled' | 'admitted';
  readonly event: number;
  readonly first: number;
  readonly last: number;
}

const wanted = 'json_to_recordset($1) as wanted (event integer, first integer, last integer)';

/**
 * What became of tickets. `$1`: ranges of serials, each of them one ticket or one order. Cancelled orders
 * never overlap, so only the last one that begins at or before the range can contain it.
 *
 * `offset 0`, here and below, keeps a look-up in an index for each row of `wanted`. Without it PostgreSQL
 * may compare every row of the table with each of them: with 40,000 admissions, 7 ms for every other one.
 */
export const selectTaken = `
select 'cancelled' as kind, c.event, c.first, c.last
from ${wanted}, lateral (
  select * from turnstile.cancellations c
  where c.event = wanted.event and c.first <= wanted.last
  order by c.first desc limit 1
) c
where c.last >= wanted.first
union all
select 'admitted', a.event, a.serial, a.serial
from ${wanted}, lateral (
  select * from turnstile.admissions a
  where a.event = wanted.event and a.serial between wanted.first and wanted.last
  offset 0
) a
`;

const wantedAfter = 'json_to_recordset($1) as wanted (event integer, after integer)';

/** Rows of a table that a commit of a wanted event added after the one that is known. */
const addedTo = (table: string, condition = 'true'): string => `lateral (
  select * from turnstile.${table} each
  where each.event = wanted.event and each.version > wanted.after and ${condition}
  offset 0
)`;

/** What became of all tickets of events after some commit. `$1`: a JSON array of `{event, after}`. */
export const selectTakenAfter = `
select 'cancelled' as kind, c.event, c.first, c.last
from ${wantedAfter}, ${addedTo('cancellations')} c
union all
select 'admitted', a.event, a.serial, a.serial
from ${wantedAfter}, ${addedTo('admissions')} a
`;

/** The holds of events that began after some commit and count, and those that ended after it. */
export const selectHoldsAfter = `
select h.id, h.event, h.customer, h.quantity, h.amount::float8 as amount, h.currency, h.until, h.ended
from ${wantedAfter}, ${addedTo('holds', 'ended is null')} h
union all
select x.hold, x.event, null, 0, 0, '', null, x.ended
from ${wantedAfter}, ${addedTo('hold_ends')} x
where wanted.after > 0
`;

/** The order of a ticket, and its admission. `$1`: the id of the event, `$2`: the serial. */
export const selectTicket = `
select o.event, e.id as event_id, o.first, o.quantity, o.remaining, o.version, o.token, o.customer,
  o.amount::float8 as amount, o.currency, o.hold_id, a.at, a.door
from turnstile.events e
  join turnstile.inventory i on i.event = e.number and i.issued >= $2::integer
  cross join lateral (
    select * from turnstile.orders o
    where o.event = e.number and o.first <= $2::integer and o.first + o.quantity > $2::integer
    order by o.first desc limit 1
  ) o
  left join lateral (
    select * from turnstile.admissions a
    where a.event = e.number and a.serial = $2::integer
    order by a.version limit 1
  ) a on true
where e.id = $1
`;

const pageColumns = `
o.event, e.id as event_id, o.first, o.quantity, o.remaining, o.version, o.token, o.customer,
o.amount::float8 as amount, o.currency, o.hold_id
`;

/**
 * A page of the orders of an event, in the order of their serials: so they were sold. Commits of `off`
 * may share a version; they have no index, and the first of them gives the time. `$1`: the id of the
 * event, `$2` and `$3`: the first serial and the token of the last order before the page, `$4`: how
 * many.
 */
export const selectOrdersOfEvent = `
select ${pageColumns}, '0.' || o.first as position, coalesce(
  (select at from turnstile.commits c
    where c.event = o.event and c.seq = o.version and c.exclusive),
  (select min(at) from turnstile.commits c
    where c.event = o.event and c.seq = o.version and not c.exclusive)
) as at
from turnstile.events e join turnstile.orders o on o.event = e.number
where e.id = $1 and o.first >= $2 and (o.first, o.token) > ($2, $3)
order by o.first, o.token
limit $4
`;

/**
 * A page of the orders of all events, in the order in which their commits were written. With `off`, several
 * commits may have sold the same serials at the same version; an order belongs to the first of them.
 * `$1`, `$2`, `$3`: the number of the commit, the first serial and the token of the last order before
 * the page, `$4`: how many.
 */
export const selectOrders = `
select ${pageColumns}, c.number || '.' || o.first as position, c.at
from turnstile.commits c
  join turnstile.orders o on o.event = c.event and o.first between c.first and c.last
    and o.version = c.seq
  join turnstile.events e on e.number = o.event
where c.number >= $1 and (c.number, o.first, o.token) > ($1, $2, $3)
  and (c.exclusive or not exists (
    select from turnstile.commits earlier
    where earlier.event = c.event and earlier.seq = c.seq and earlier.number < c.number
      and o.first between earlier.first and earlier.last))
order by c.number, o.first, o.token
limit $4
`;
