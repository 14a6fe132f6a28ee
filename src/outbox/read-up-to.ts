import type { LineReader } from '../store/shared/line-reader.js';

/** Ends the reading of lines. */
class PageIsFull extends Error {}

/**
 * Reads lines until they amount to a limit.
 *
 * @param take returns how much a line counts
 * @param until reads no further than this offset
 * @returns whether the limit was reached
 */
export async function readUpTo(
  limit: number,
  lines: LineReader,
  take: (line: Buffer, offset: number) => number,
  until?: number,
): Promise<boolean> {
  let count = 0;
  try {
    await lines.readNewLines((line, offset) => {
      if (count >= limit) throw new PageIsFull();
      count += take(line, offset);
    }, until);
    return false;
  } catch (error) {
    if (error instanceof PageIsFull) return true;
    throw error;
  }
}
