import type { ChainLine } from '../../booking/chain-line.js';
import type { ReadableFile } from '../shared/line-reader.js';
import { markChained, RECENT_COMMITS_MAX, type UnmarkedCommit } from '../shared/recent-commits.js';
import { type Commit, hashOf, parseCommit, serialsOf } from './ledger-line.js';

/** The newest lines are shown as far as they lie within so many bytes of the end. */
const BYTES_MAX = 512 * 1024;

const NEWLINE = 0x0a;

/**
 * The newest lines of a ledger, oldest first, read back from its end: which of them count is told by
 * the hash of the last one that does, since each names the hash of the one before.
 *
 * @param end where the last whole line ends
 * @param head the hash of the last line that counts
 */
export async function readTail(
  file: ReadableFile,
  end: number,
  head: string,
): Promise<ChainLine[]> {
  const from = Math.max(0, end - BYTES_MAX);
  const bytes = Buffer.alloc(end - from);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
  const lines = linesOf(bytes.subarray(0, bytesRead)).slice(-RECENT_COMMITS_MAX);
  return markChained(lines, [head]);
}

/** The lines that begin and end within these bytes. (Genesis, which follows no newline, is not one.) */
function linesOf(bytes: Buffer): UnmarkedCommit[] {
  const lines: UnmarkedCommit[] = [];
  let begin = bytes.indexOf(NEWLINE) + 1;
  for (let end = bytes.indexOf(NEWLINE, begin); end !== -1; end = bytes.indexOf(NEWLINE, begin)) {
    const line = bytes.subarray(begin, end);
    const commit = parseCommit(line);
    lines.push({ hash: hashOf(line), commit: commit && seenOf(commit) });
    begin = end + 1;
  }
  return lines;
}

/** A commit without what is its customers' own. */
function seenOf(commit: Commit): ChainLine['commit'] {
  const { seq, prev, pid, at } = commit;
  return { seq, prev, pid, at, sold: serialsOf(commit) };
}
