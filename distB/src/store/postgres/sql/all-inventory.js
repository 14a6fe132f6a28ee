import { eventColumns } from './inventory.js';
/** Every event, in the order of the seed: one statement, so one moment. */
export const selectAllInventory = `
select ${eventColumns}
from turnstile.events e join turnstile.inventory i on i.event = e.number
order by e.number
`;
