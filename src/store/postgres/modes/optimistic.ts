import { buildWrites } from '../batch-rows.js';
import { OvertakenError } from '../errors.js';
import { selectInventory } from '../sql/reads.js';
import { updateUnchangedInventory, writeSales } from '../sql/writes.js';
import { type ConcurrencyMode, inventoryStatement, salesStatement } from './concurrency-mode.js';

/**
 * No batch waits while another one decides. A batch commits only if every event still has the version
 * that was read; otherwise it is rolled back and retried.
 */
export const optimistic: ConcurrencyMode = {
  scope: 'rows',
  about: 'compares versions and retries: no batch waits, an overtaken one works twice',
  exclusive: true,

  async attempt({ sessions, decide }) {
    const decision = await sessions.use((session) => decide(session, selectInventory));
    const writes = buildWrites(decision);
    if (writes.commits.length === 0) return { decision, writes };
    return sessions.transact(async (session) => {
      const written = await session.write(inventoryStatement(updateUnchangedInventory, writes));
      if (written < writes.commits.length) throw new OvertakenError('overtaken');
      return {
        writes: [salesStatement(writeSales, writes, optimistic)],
        result: { decision, writes },
      };
    });
  },
};
