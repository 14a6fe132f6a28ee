/**
 * Per event: what contradicts the rules of a ticket's life, and how many tickets were cancelled. Where a
 * lock keeps batches apart, the unique indexes make most of it impossible.
 *
 * An event that is removed and saved again counts its revisions anew. `not_shown`: cancelled and
 * admitted tickets, and holds that still count, of which the inventory has not as many.
 */
export const selectLifecycle = `
with cancelled as (
  select event, count(*) as times, count(distinct serial) as tickets
  from turnstile.cancellations, generate_series(first, last) as serial
  group by event
), admitted as (
  select event, count(*) as times, count(distinct serial) as tickets,
    count(distinct serial) filter (where exists (
      select from turnstile.cancellations c
      where c.event = a.event and a.serial between c.first and c.last
    )) as cancelled
  from turnstile.admissions a group by event
), ended as (
  select x.event, count(*) as times, count(distinct x.hold) as holds,
    count(*) filter (where x.ended = 'confirmed' and x.at >= h.until) as late
  from turnstile.hold_ends x join turnstile.holds h on h.id = x.hold
  group by x.event
), held as (
  select event, count(*) as holds from turnstile.holds group by event
), edited as (
  select event, count(*) as times, count(distinct (era, revision)) as revisions
  from (
    select event, details ->> 'revision' as revision,
      count(*) filter (where details is null) over (partition by event order by version) as era
    from turnstile.edits
  ) edits
  where revision is not null group by event
)
select e.id as event_id,
  coalesce(c.tickets, 0)::integer as cancelled,
  coalesce(c.times - c.tickets, 0)::integer as "cancelledTwice",
  coalesce(a.times - a.tickets, 0)::integer as "admittedTwice",
  coalesce(a.cancelled, 0)::integer as "admittedCancelled",
  coalesce(x.times - x.holds, 0)::integer as "endedTwice",
  coalesce(x.late, 0)::integer as "confirmedLate",
  coalesce(d.times - d.revisions, 0)::integer as "lostEdits",
  (greatest(0, coalesce(c.tickets, 0) - i.cancelled)
    + greatest(0, coalesce(a.tickets, 0) - i.admitted)
    + greatest(0, coalesce(h.holds, 0) - coalesce(x.holds, 0) - i.holds))::integer as "notShown"
from turnstile.events e
  join turnstile.inventory i on i.event = e.number
  left join cancelled c on c.event = e.number
  left join admitted a on a.event = e.number
  left join held h on h.event = e.number
  left join ended x on x.event = e.number
  left join edited d on d.event = e.number
`;

export interface LifecycleRow {
  readonly event_id: string;
  readonly cancelled: number;
  readonly cancelledTwice: number;
  readonly admittedTwice: number;
  readonly admittedCancelled: number;
  readonly endedTwice: number;
  readonly confirmedLate: number;
  readonly lostEdits: number;
  readonly notShown: number;
}
