/** One row for each event of a batch. `$1`: the commits, `$3`: whether others were kept out. */
export const insertCommits = `
insert into turnstile.commits (event, seq, prev, hash, first, last, exclusive)
select event, seq, prev, hash, first, last, $3
from json_to_recordset($1) as made (
  event integer, seq integer, prev text, hash text, first integer, last integer
)
`;
