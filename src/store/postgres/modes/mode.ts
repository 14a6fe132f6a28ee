import type { LockMode } from '../../../lock/port.js';
import type { BatchDecision } from '../batch.js';
import type { Writing } from '../commit.js';
import type { Session, Sessions, Statement } from '../session.js';

/** One attempt to sell a batch. */
export interface Attempt {
  readonly sessions: Sessions;
  /** Reads the events of the batch with this statement, and the orders of its keys, and decides. */
  decide(session: Session, inventory: string): Promise<BatchDecision>;
}

/** What became of it. */
export interface Attempted {
  readonly decision: BatchDecision;
  readonly writing: Writing;
}

/** One way to keep batches apart that sell from one database, over any number of machines. */
export interface DatabaseMode extends LockMode {
  /** Whether two batches of one event never both commit from the same numbers. */
  readonly exclusive: boolean;
  /**
   * Sells a batch once, whole or not at all.
   *
   * @throws OvertakenError, or an error of the database, when nothing was sold; CommitUnknownError
   *   when that cannot be said
   */
  attempt(attempt: Attempt): Promise<Attempted>;
}

/** The rows are locked where they are, so that a lock around the section has nothing left to do. */
export const inTheDatabase: LockMode['open'] = async () => ({
  run: (section) => section(),
  close: async () => {},
});

/** Writes back what is left of each event. */
export const writeBack = (text: string, { commits }: Writing): Statement => ({
  text,
  values: [JSON.stringify(commits)],
});

/** Writes the sales of a batch. */
export const writeAll = (
  text: string,
  { commits, orders }: Writing,
  { exclusive }: Pick<DatabaseMode, 'exclusive'>,
): Statement => ({ text, values: [JSON.stringify(commits), JSON.stringify(orders), exclusive] });
