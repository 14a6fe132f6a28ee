/**
 * Migration 2: what is shown of the newest commits. `number` is the order in which they were written,
 * which no clock of a machine tells; and each bears the serials that it sold, because to look for them
 * among the orders of a hot event would be to read a million rows.
 */
export const migration2 = `
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
