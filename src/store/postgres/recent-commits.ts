import type { ChainLine } from '../../booking/chain-line.js';
import { markChained, RECENT_COMMITS_MAX, type UnmarkedCommit } from '../shared/recent-commits.js';
import type { Session } from './session.js';
import { type CommitRow, selectNewestCommits } from './sql/newest-commits.js';

/**
 * The newest commits of all events. Under `off` two may extend the same one; the chain goes through
 * the one that wrote the inventory last, and what the other sold is lost.
 */
export async function readRecentCommits(session: Session): Promise<ChainLine[]> {
  const rows = await session.rows<CommitRow>(selectNewestCommits, [RECENT_COMMITS_MAX]);
  return markChained(rows.map(lineOf), new Set(rows.map(({ head }) => head)));
}

function lineOf(row: CommitRow): UnmarkedCommit {
  const { event_id: eventId, seq, prev, hash, first, last, at } = row;
  const sold = first === null || last === null ? [] : [{ eventId, first, last }];
  return { hash, commit: { seq, prev, at: at.toISOString(), sold } };
}
