import { buildWrites } from '../batch-rows.js';
import { lockInventory } from '../sql/reads.js';
import { writeBatch } from '../sql/writes.js';
import { type ConcurrencyMode, salesStatement } from './concurrency-mode.js';

/** `SELECT … FOR UPDATE`: another batch that needs the same events waits for this one's commit. */
export const row: ConcurrencyMode = {
  scope: 'rows',
  about: '`SELECT … FOR UPDATE`: batches of the same event wait, on every machine',
  exclusive: true,

  attempt: ({ sessions, decide }) =>
    sessions.transact(async (session) => {
      const decision = await decide(session, lockInventory);
      const writes = buildWrites(decision);
      const sells = writes.commits.length > 0;
      return {
        writes: sells ? [salesStatement(writeBatch, writes, row)] : [],
        result: { decision, writes },
      };
    }),
};
