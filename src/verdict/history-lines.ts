import { z } from 'zod';
import { type History, type RecordedRequest, recordedRequest } from './recorded-request.js';

/** The last line of a recording that ran out of room. */
const droppedLine = z.strictObject({ dropped: z.int().min(1) });

/** A line of a history that is none. The message names the line and what is wrong with it. */
export class HistoryLineError extends Error {
  /** Counted from 1. */
  readonly line: number;

  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.name = 'HistoryLineError';
    this.line = line;
  }
}

/**
 * Reads a history, one request a line; empty lines are none. Pure.
 *
 * @throws HistoryLineError for the first line that is no request, or whose id another line has
 */
export function parseHistory(lines: Iterable<string>): History {
  const requests: RecordedRequest[] = [];
  const lineOfId = new Map<string, number>();
  let dropped = 0;
  let number = 0;
  for (const text of lines) {
    number++;
    if (text.trim() === '') continue;
    const value = parseJson(text, number);
    const last = droppedLine.safeParse(value);
    if (last.success) {
      dropped += last.data.dropped;
      continue;
    }
    const parsed = recordedRequest.safeParse(value);
    if (!parsed.success) throw new HistoryLineError(number, firstReason(parsed.error));
    const { id } = parsed.data;
    const earlier = lineOfId.get(id);
    if (earlier !== undefined) {
      throw new HistoryLineError(number, `line ${earlier} has the id ${JSON.stringify(id)} too`);
    }
    lineOfId.set(id, number);
    requests.push(parsed.data);
  }
  return { requests, dropped };
}

/** The lines of a history, each with its newline. */
export function* printHistory({ requests, dropped }: History): Generator<string> {
  for (const request of requests) yield `${JSON.stringify(request)}\n`;
  if (dropped > 0) yield `${JSON.stringify({ dropped })}\n`;
}

function parseJson(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HistoryLineError(line, 'it is not JSON');
  }
}

const firstReason = ({ issues }: z.ZodError): string =>
  issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
