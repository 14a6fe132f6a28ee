import type { ModeInfo } from '../../../lock/lock-mode.js';
import type { BatchWrites } from '../batch-rows.js';
import type { BatchDecision } from '../decide-batch.js';
import type { Session, SessionPool, Statement } from '../session.js';
import type { WriteTexts } from '../sql/writes.js';

/** What an attempt to sell a batch works with. */
export interface Attempt {
  readonly sessions: SessionPool;
  /** Reads what the batch needs, its events with this statement, and decides. */
  decide(session: Pick<Session, 'rows'>, inventory: string): Promise<BatchDecision>;
}

export interface AttemptResult {
  readonly decision: BatchDecision;
  readonly writes: BatchWrites;
}

/** One way to keep batches apart that sell from one database, on any number of machines. */
export interface ConcurrencyMode extends ModeInfo {
  /** Whether two batches of one event can never both commit from the same numbers. */
  readonly exclusive: boolean;
  /**
   * Sells a batch once, completely or not at all.
   *
   * @throws OvertakenError, or an error of the database, when nothing was sold; CommitUnknownError
   *   when that is unknown
   */
  attempt(attempt: Attempt): Promise<AttemptResult>;
}

/** The statement that writes the remaining tickets of each event. */
export const inventoryStatement = (text: string, { commits }: BatchWrites): Statement => ({
  text,
  values: [JSON.stringify(commits)],
});

/** The statement that writes what a batch did. */
export const salesStatement = (
  { sales, everything }: WriteTexts,
  { commits, orders, life }: BatchWrites,
  { exclusive }: Pick<ConcurrencyMode, 'exclusive'>,
): Statement => {
  const values = [JSON.stringify(commits), JSON.stringify(orders), exclusive];
  if (life === undefined) return { text: sales, values };
  return { text: everything, values: [...values, JSON.stringify(life)] };
};
