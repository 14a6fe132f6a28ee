/**
 * The commits that were written last, oldest first, each with the head of its event's chain: one
 * statement, so one moment. `$1`: how many.
 */
export const selectNewestCommits = `
select e.id as event_id, newest.seq, newest.prev, newest.hash, newest.first, newest.last, newest.at,
  i.head
from (select * from turnstile.commits order by number desc limit $1) newest
  join turnstile.events e on e.number = newest.event
  join turnstile.inventory i on i.event = newest.event
order by newest.number
`;
