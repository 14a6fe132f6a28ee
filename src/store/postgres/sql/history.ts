import { eventColumns } from './inventory.js';

/**
 * All that was sold, counted per event, beside what the inventory says: one statement, so one moment.
 * A commit that names no hash of its event's commit before it extends nothing.
 */
export const selectHistory = `
with sold as (
  select s.event, count(*)::integer as sold, count(distinct serial)::integer as distinct_serials,
    count(distinct serial) filter (where serial <= e.capacity - i.remaining)::integer as within_gone
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
  coalesce(within_gone, 0) as within_gone, coalesce(commits, 0) as commits,
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
