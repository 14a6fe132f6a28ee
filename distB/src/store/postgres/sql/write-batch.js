import { insertCommits } from './insert-commits.js';
import { insertOrders } from './insert-orders.js';
import { insertSerials } from './insert-serials.js';
import { writeInventory } from './write-inventory.js';
// The statements of a batch go to the database as one: each by itself would cost more to begin and to
// end than it takes to write a few dozen rows.
/** Orders, serials and commits. */
export const writeSales = `
with orders as (${insertOrders}), serials as (${insertSerials})
${insertCommits}
`;
/** The inventory, and all of that. */
export const writeBatch = `
with inventory as (${writeInventory}), orders as (${insertOrders}), serials as (${insertSerials})
${insertCommits}
`;
