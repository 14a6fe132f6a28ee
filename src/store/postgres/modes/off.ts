import { buildWrites } from '../batch-rows.js';
import { selectInventory } from '../sql/reads.js';
import { writeBatch } from '../sql/writes.js';
import { type ConcurrencyMode, salesStatement } from './concurrency-mode.js';

/**
 * The race, across any number of machines: read the number, then write it back.
 *
 *     machine 1   select: "3 left"                sell ticket 98   update: "2 left"
 *     machine 2         select: "3 left"                sell ticket 98   update: "2 left"
 *
 * Each write is a transaction, atomic and durable. It does not help: the numbers that it writes were
 * decided from a number that is outdated.
 */
export const off: ConcurrencyMode = {
  scope: 'nothing',
  about: 'reads the number and writes it back: the race, across any number of machines',
  exclusive: false,

  async attempt({ sessions, decide }) {
    const decision = await sessions.use((session) => decide(session, selectInventory)); // "3 left"
    const writes = buildWrites(decision); // "ticket 98 is sold, 2 left"
    if (writes.commits.length === 0) return { decision, writes };
    return sessions.transact(async () => ({
      writes: [salesStatement(writeBatch, writes, off)], // the last writer wins
      result: { decision, writes },
    }));
  },
};
