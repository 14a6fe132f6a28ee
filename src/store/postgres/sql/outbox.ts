/** Begins at the newest commit of every event, unless there is a progress already. `$1`: the progress. */
export const createOutbox = `
with created as (
  insert into turnstile.outbox (progress) values ($1) on conflict do nothing returning single
)
insert into turnstile.outbox_positions (event, version, place)
select event, seq, ${2 ** 31 - 1} from turnstile.inventory where exists (select from created)
on conflict do nothing
`;

export const selectProgress = 'select progress from turnstile.outbox';

/** `$1`: the progress, `$2`: a JSON array of the positions that have changed. */
export const saveProgress = `
with saved as (update turnstile.outbox set progress = $1)
insert into turnstile.outbox_positions (event, version, place)
select e.number, changed.version, changed.place
from json_to_recordset($2) as changed (id text, version integer, place integer)
  join turnstile.events e on e.id = changed.id
on conflict (event) do update set version = excluded.version, place = excluded.place
`;

export const selectPositions = `
select e.id, p.version, p.place
from turnstile.outbox_positions p join turnstile.events e on e.number = p.event
`;

export interface PositionRow {
  readonly id: string;
  readonly version: number;
  readonly place: number;
}

export const insertRequest = `
insert into turnstile.outbox_requests (request)
select $1 where (select count(*) from turnstile.outbox_requests) < $2
returning number as name
`;

/** The oldest requests. `$1`: how many. */
export const selectRequests =
  'select number as name, request from turnstile.outbox_requests order by number limit $1';

export const selectRequest = 'select from turnstile.outbox_requests where number = $1';

export const deleteRequest = 'delete from turnstile.outbox_requests where number = $1';

/**
 * The events that have commits behind their position. `$1`: also those that may have more messages in the
 * commit of their position.
 */
export const selectEventsBehind = `
select i.event, e.id, i.seq, coalesce(p.version, 0) as version
from turnstile.inventory i
  join turnstile.events e on e.number = i.event
  left join turnstile.outbox_positions p on p.event = i.event
where i.seq > coalesce(p.version, 0) or ($1 and i.seq = p.version)
order by i.event
`;

export interface EventBehindRow {
  readonly event: number;
  readonly id: string;
  readonly seq: number;
  readonly version: number;
}

const orderOf = `json_build_object(
  'event', o.event, 'event_id', e.id, 'first', o.first, 'quantity', o.quantity,
  'remaining', o.remaining, 'version', o.version, 'token', o.token, 'customer', o.customer,
  'amount', o.amount, 'currency', o.currency, 'hold_id', o.hold_id)`;

/**
 * What the next commits of events did, in their order. Commits of one event are numbered without gaps
 * and become visible in that order, because each holds the row of its event until it has committed; the
 * numbers of the table itself are drawn earlier, so a row with a lower one may appear later.
 *
 * `$1`: a JSON array of `{event, after}`, `$2`: how many commits of each, until they have sold as many tickets.
 */
export const selectMessages = `
with wanted as (select * from json_to_recordset($1) as wanted (event integer, after integer)),
page as (
  select c.event, c.seq, c.hash, c.at, c.first, c.last
  from wanted cross join lateral (
    select *, sum(tickets) over (order by seq) - tickets as before
    from (
      select *, coalesce(last - first + 1, 1) as tickets from turnstile.commits
      where event = wanted.event and seq > wanted.after and exclusive
      order by seq limit $2
    ) next
  ) c
  where c.before < $2
)
select page.event, page.seq, page.hash, page.at, made.type, made.body
from page join turnstile.events e on e.number = page.event
  left join lateral (
    select 'hold.expired' as type, 1 as kind, 0 as number, x.hold as name, json_build_object(
      'holdId', x.hold, 'quantity', h.quantity, 'amount', h.amount, 'currency', h.currency,
      'until', h.until) as body
    from turnstile.hold_ends x join turnstile.holds h on h.id = x.hold
    where x.event = page.event and x.version = page.seq and x.ended = 'expired'
    union all
    select 'event.saved', 2, (details ->> 'revision')::integer, '', details
    from turnstile.edits where event = page.event and version = page.seq and details is not null
    union all
    select 'order.created', 3, o.first, o.token, ${orderOf}
    from turnstile.orders o
    where o.event = page.event and o.first between page.first and page.last
      and o.version = page.seq
    union all
    select 'order.cancelled', 4, x.first, x.token, ${orderOf}
    from turnstile.cancellations x
      join turnstile.orders o on o.event = x.event and o.first = x.first and o.token = x.token
    where x.event = page.event and x.version = page.seq
    union all
    select 'ticket.admitted', 5, a.serial, '', json_build_object('serial', a.serial, 'door', a.door)
    from turnstile.admissions a where a.event = page.event and a.version = page.seq
  ) made on true
order by page.event, page.seq, made.kind, made.number, made.name
`;

/** A message of a commit; a commit that made none has a row without `type`. */
export interface MessageRow {
  readonly event: number;
  readonly seq: number;
  readonly hash: string;
  readonly at: Date;
  readonly type: string | null;
  readonly body: unknown;
}
