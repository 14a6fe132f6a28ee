import { buildWrites } from '../batch-rows.js';
import { lockInventory } from '../sql/inventory.js';
import { writeBatch } from '../sql/write-batch.js';
import { type ConcurrencyMode, inTheDatabase, writeAll } from './concurrency-mode.js';

/** `SELECT … FOR UPDATE`: whoever wants the same events waits until this batch is committed. */
export const row: ConcurrencyMode = {
  scope: 'rows',
  about: '`SELECT … FOR UPDATE`: who wants the same event waits, on whichever machine',
  exclusive: true,
  open: inTheDatabase,

  attempt: ({ sessions, decide }) =>
    sessions.transact(async (session) => {
      const decision = await decide(session, lockInventory);
      const writing = buildWrites(decision);
      const sells = writing.commits.length > 0;
      return {
        writes: sells ? [writeAll(writeBatch, writing, row)] : [],
        result: { decision, writing },
      };
    }),
};
