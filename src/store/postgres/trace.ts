import type { EmitStep } from '../../booking/sale-steps.js';
import { classifyError } from './classify-error.js';
import { versionOf } from './inventory-rows.js';
import type { ConcurrencyMode } from './modes/concurrency-mode.js';
import type { Session } from './session.js';
import { type InventoryRow, lockInventory, selectInventory } from './sql/reads.js';

/** Wraps a mode so that decisions, commits and overtaken attempts are emitted. */
export const traceMode = (mode: ConcurrencyMode, emit: EmitStep): ConcurrencyMode => ({
  ...mode,
  async attempt({ sessions, decide }) {
    try {
      const result = await mode.attempt({
        sessions,
        async decide(session, inventory) {
          const decision = await decide(traceSession(session, emit), inventory);
          emit('decided', { version: decision.version });
          return decision;
        },
      });
      const { commits } = result.writes;
      if (commits.length > 0) emit('replaced', { version: result.decision.version });
      return result;
    } catch (error) {
      if (classifyError(error) === 'retryable') emit('overtaken');
      throw error;
    }
  },
});

/** Wraps the session that a batch reads with, so that its row locks and its version are emitted. */
const traceSession = (session: Pick<Session, 'rows'>, emit: EmitStep): Pick<Session, 'rows'> => ({
  async rows<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    const rows = await session.rows<Row>(text, values);
    if (text === lockInventory) emit('rowsLocked');
    if (text === lockInventory || text === selectInventory) {
      emit('loaded', { version: versionOf(rows as unknown as InventoryRow[]) });
    }
    return rows;
  },
});
