import type { LockMode } from '../../../lock/lock-mode.js';
import type { BatchWrites } from '../batch-rows.js';
import type { BatchDecision } from '../decide-batch.js';
import type { Session, SessionPool, Statement } from '../session.js';

/** One attempt to sell a batch. */
export interface Attempt {
  readonly sessions: SessionPool;
  /** Reads the events of the batch with this statement, and the orders of its keys, and decides. */
  decide(session: Session, inventory: string): Promise<BatchDecision>;
}

/** What became of it. */
export interface AttemptResult {
  readonly decision: BatchDecision;
  readonly writing: BatchWrites;
}

/** One way to keep batches apart that sell from one database, over any number of machines. */
export interface ConcurrencyMode extends LockMode {
  /** Whether two batches of one event never both commit from the same numbers. */
  readonly exclusive: boolean;
  /**
   * Sells a batch once, whole or not at all.
   *
   * @throws OvertakenError, or an error of the database, when nothing was sold; CommitUnknownError
   *   when that cannot be said
   */
  attempt(attempt: Attempt): Promise<AttemptResult>;
}

/** The rows are locked where they are, so that a lock around the section has nothing left to do. */
export const inTheDatabase: LockMode['open'] = async () => ({
  run: (section) => section(),
  close: async () => {},
});

/** Writes back what is left of each event. */
export const writeBack = (text: string, { commits }: BatchWrites): Statement => ({
  text,
  values: [JSON.stringify(commits)],
});

/** Writes the sales of a batch. */
export const writeAll = (
  text: string,
  { commits, orders }: BatchWrites,
  { exclusive }: Pick<ConcurrencyMode, 'exclusive'>,
): Statement => ({ text, values: [JSON.stringify(commits), JSON.stringify(orders), exclusive] });
