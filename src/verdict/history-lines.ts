import { z } from 'zod';
import { type History, type RecordedRequest, recordedRequest } from './recorded-request.js';

/** The last line of a recording that reached its limit. */
const droppedLine = z.strictObject({ dropped: z.int().min(1) });

/** An invalid line of a history. The message names the line and what is wrong with it. */
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
 * Parses a history, one request per line; empty lines are ignored. Pure.
 *
 * @throws HistoryLineError for the first line that is not a request, or whose id an earlier line has
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
    const lastLine = droppedLine.safeParse(value);
    if (lastLine.success) {
      dropped += lastLine.data.dropped;
      continue;
    }
    const parsed = recordedRequest.safeParse(value);
    if (!parsed.success) throw new HistoryLineError(number, describeError(parsed.error));
    const { id } = parsed.data;
    const earlier = lineOfId.get(id);
    if (earlier !== undefined) {
      throw new HistoryLineError(
        number,
        `line ${earlier} already has the id ${JSON.stringify(id)}`,
      );
    }
    lineOfId.set(id, number);
    requests.push(parsed.data);
  }
  return { requests, dropped };
}

/** The lines of a history, each with its newline. */
export function* formatHistory({ requests, dropped }: History): Generator<string> {
  for (const request of requests) yield `${JSON.stringify(request)}\n`;
  if (dropped > 0) yield `${JSON.stringify({ dropped })}\n`;
}

function parseJson(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HistoryLineError(line, 'not valid JSON');
  }
}

const describeError = ({ issues }: z.ZodError): string =>
  issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
