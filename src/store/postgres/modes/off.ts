import { buildWrites } from '../batch-rows.js';
import { selectInventory } from '../sql/inventory.js';
import { writeBatch } from '../sql/write-batch.js';
import { type ConcurrencyMode, inTheDatabase, writeAll } from './concurrency-mode.js';

/**
 * The race, over any number of machines: read the number, then write the number back.
 *
 *     machine 1   select: "3 left"                sell serial 98   update: "2 left"
 *     machine 2         select: "3 left"                sell serial 98   update: "2 left"
 *
 * Each write is a transaction, whole and durable, and it does not help: what it writes was decided
 * from a number that is no longer true.
 */
export const off: ConcurrencyMode = {
  scope: 'nothing',
  about: 'reads the number and writes it back: the race, over any number of machines',
  exclusive: false,
  open: inTheDatabase,

  async attempt({ sessions, decide }) {
    const decision = await sessions.use((session) => decide(session, selectInventory)); // "3 left"
    const writing = buildWrites(decision); // "mine is number 98, 2 left"
    if (writing.commits.length === 0) return { decision, writing };
    return sessions.transact(async () => ({
      writes: [writeAll(writeBatch, writing, off)], // whoever writes last wins
      result: { decision, writing },
    }));
  },
};
