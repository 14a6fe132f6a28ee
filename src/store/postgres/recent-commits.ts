import type { ChainLine } from '../../booking/store.js';
import { markChained, RECENT_COMMITS_MAX, type UnmarkedLine } from '../shared/recent-commits.js';
import type { Session } from './session.js';
import { type CommitRow, selectRecentCommits } from './sql/reads.js';

/**
 * The newest commits of all events. With `off`, two commits may extend the same one: the chain goes
 * through the one that wrote the inventory last, and the sales of the other are lost.
 */
export async function readRecentCommits(session: Session): Promise<ChainLine[]> {
  const rows = await session.rows<CommitRow>(selectRecentCommits, [RECENT_COMMITS_MAX]);
  return markChained(rows.map(toLine), new Set(rows.map(({ head }) => head)));
}

function toLine(row: CommitRow): UnmarkedLine {
  const { event_id: eventId, seq, prev, hash, first, last, at } = row;
  const sold = first === null || last === null ? [] : [{ eventId, first, last }];
  return { hash, commit: { seq, prev, at: at.toISOString(), sold } };
}
