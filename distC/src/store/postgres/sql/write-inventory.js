/** Writes the numbers back, whatever stands there meanwhile. `$1`: the commits. */
export const writeInventory = `
update turnstile.inventory i
set remaining = made.remaining, seq = made.seq, head = made.hash
from json_to_recordset($1) as made (event integer, seq integer, remaining integer, hash text)
where i.event = made.event
`;
/** Writes the numbers back where nobody else has since they were read. */
export const writeInventoryUnchanged = `${writeInventory} and i.seq = made.seq - 1`;
