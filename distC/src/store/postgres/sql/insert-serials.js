/** One row for each ticket of a batch. `$2`: the orders, `$3`: whether others were kept out. */
export const insertSerials = `
insert into turnstile.serials (event, serial, first, exclusive)
select event, serial, first, $3
from json_to_recordset($2) as sold (event integer, first integer, quantity integer),
  generate_series(first, first + quantity - 1) as serial
`;
