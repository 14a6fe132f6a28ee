import { buildWrites } from '../batch-rows.js';
import { OvertakenError } from '../errors.js';
import { selectInventory } from '../sql/inventory.js';
import { writeSales } from '../sql/write-batch.js';
import { writeInventoryUnchanged } from '../sql/write-inventory.js';
import { type ConcurrencyMode, inTheDatabase, writeAll, writeBack } from './concurrency-mode.js';

/**
 * Nobody waits while a batch is decided. It is written where every event still has the version that
 * was read; if one has not, all of it is undone, and tried again from what stands there now.
 */
export const optimistic: ConcurrencyMode = {
  scope: 'rows',
  about: 'compares the version and tries again: nobody waits, whoever was overtaken works twice',
  exclusive: true,
  open: inTheDatabase,

  async attempt({ sessions, decide }) {
    const decision = await sessions.use((session) => decide(session, selectInventory));
    const writing = buildWrites(decision);
    if (writing.commits.length === 0) return { decision, writing };
    return sessions.transact(async (session) => {
      const written = await session.write(writeBack(writeInventoryUnchanged, writing));
      if (written < writing.commits.length) throw new OvertakenError('overtaken');
      return { writes: [writeAll(writeSales, writing, optimistic)], result: { decision, writing } };
    });
  },
};
