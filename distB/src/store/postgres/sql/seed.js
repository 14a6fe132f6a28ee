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
/** An office has an id, and every chain of commits begins with it. */
export const insertOffice = 'insert into turnstile.office (id) values ($1)';
export const selectOffice = 'select id from turnstile.office';
export const removeEverything = `
truncate turnstile.office, turnstile.events, turnstile.inventory, turnstile.commits,
  turnstile.orders, turnstile.serials
`;
