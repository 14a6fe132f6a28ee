import type { ChainLine } from '../../booking/store.js';
import type { ReadableFile } from '../shared/line-reader.js';
import { markChained, RECENT_COMMITS_MAX, type UnmarkedLine } from '../shared/recent-commits.js';
import type { Ledger } from './ledger.js';
import { type Commit, hashOf, parseCommit, serialRanges } from './ledger-line.js';

/** Only lines within this distance of the end are shown. */
const BYTES_MAX = 512 * 1024;

const NEWLINE = 0x0a;

/** The newest lines of a ledger that is in use. They are read again only when it has grown. */
export class RecentCommits {
  readonly #file: ReadableFile;
  readonly #ledger: Pick<Ledger, 'catchUp' | 'head' | 'end'>;
  #last: { readonly end: number; readonly lines: readonly ChainLine[] } | undefined;

  constructor(file: ReadableFile, ledger: Pick<Ledger, 'catchUp' | 'head' | 'end'>) {
    this.#file = file;
    this.#ledger = ledger;
  }

  async read(): Promise<readonly ChainLine[]> {
    await this.#ledger.catchUp();
    const { end } = this.#ledger;
    const { hash } = this.#ledger.head;
    if (this.#last?.end !== end) {
      this.#last = { end, lines: await readRecentCommits(this.#file, end, hash) };
    }
    return this.#last.lines;
  }
}

/**
 * The newest lines of a ledger, oldest first. Each names the hash of the line before, so the hash of
 * the last counted line tells which of them count.
 *
 * @param end where the last complete line ends
 * @param head the hash of the last counted line
 */
export async function readRecentCommits(
  file: ReadableFile,
  end: number,
  head: string,
): Promise<ChainLine[]> {
  const from = Math.max(0, end - BYTES_MAX);
  const bytes = Buffer.alloc(end - from);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
  const lines = parseLines(bytes.subarray(0, bytesRead)).slice(-RECENT_COMMITS_MAX);
  return markChained(lines, [head]);
}

/** The lines that begin and end within these bytes. The genesis follows no newline, so it is none. */
function parseLines(bytes: Buffer): UnmarkedLine[] {
  const lines: UnmarkedLine[] = [];
  let begin = bytes.indexOf(NEWLINE) + 1;
  for (let end = bytes.indexOf(NEWLINE, begin); end !== -1; end = bytes.indexOf(NEWLINE, begin)) {
    const line = bytes.subarray(begin, end);
    const commit = parseCommit(line);
    lines.push({ hash: hashOf(line), commit: commit && withoutCustomers(commit) });
    begin = end + 1;
  }
  return lines;
}

function withoutCustomers(commit: Commit): ChainLine['commit'] {
  const { seq, prev, pid, at } = commit;
  return { seq, prev, pid, at, sold: serialRanges(commit) };
}
