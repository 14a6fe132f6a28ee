import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import {
  detailsOf,
  newEvent,
  storedEvent,
  type TicketState,
  ticketState,
} from '../../booking/inventory.js';
import { UserError } from '../../user-error.js';
import { withoutKnown } from './changed-members.js';
import { type JsonPath, JsonScanError, scanJson } from './scan-json.js';

/** A file that is not a valid ticket file: its path, and what is wrong. */
export class TicketFileError extends UserError {
  constructor(path: string, reason: string) {
    super(`${path} is not a ticket file: ${reason}`);
  }
}

/** Events to put on sale, all their tickets: what a ticket file counts may be left out. */
const seed = z.strictObject({
  version: z.literal(0, 'a seed has version 0, or none').optional(),
  events: z.record(
    ticketState.shape.events.keyType,
    z.strictObject({ ...storedEvent.shape, remaining: storedEvent.shape.remaining.optional() }),
  ),
});

/** A ticket file, or the checkpoint of a ledger, which has more members. */
const ticketsOfAnyStore = z.object(ticketState.shape);

/**
 * Parses the bytes of a ticket file.
 *
 * @param known another state of the file: what is the same in both is not checked again
 * @throws TicketFileError that says what is wrong, and on which line
 */
export function parseTickets(path: string, bytes: Buffer, known?: TicketState): TicketState {
  const given = parseJson(path, bytes);
  const { changed, restore } = withoutKnown(given, known);
  const state = restore(check(path, bytes, ticketState, changed));
  requireCounted(path, bytes, state);
  return state;
}

/**
 * Parses the bytes of a ticket file of any store. What `JSON.parse` would drop is an error.
 *
 * @throws TicketFileError that says what is wrong, and on which line
 */
export function parseTicketsOfAnyStore(path: string, bytes: Buffer): TicketState {
  const state = check(path, bytes, ticketsOfAnyStore, parseJson(path, bytes));
  requireCounted(path, bytes, state);
  rejectDroppedMembers(path, bytes);
  return state;
}

/**
 * Parses the bytes of a seed, with every ticket for sale. What would be ignored is an error.
 *
 * @throws TicketFileError that says what is wrong, and on which line
 */
export function parseSeed(path: string, bytes: Buffer): TicketState {
  const { events } = check(path, bytes, seed, parseJson(path, bytes));
  rejectDroppedMembers(path, bytes);
  for (const [id, event] of Object.entries(events)) {
    const used = usedMemberOf(event);
    if (used === undefined) continue;
    const { capacity, remaining } = event;
    const what =
      used === 'remaining'
        ? `has ${remaining} of ${capacity} tickets left`
        : `says what was ${used}`;
    const reason = `it ${what}, but a seed puts all on sale: leave \`${used}\` out`;
    throw new TicketFileError(path, at(bytes, ['events', id, used], reason));
  }
  const forSale = Object.entries(events).map(([id, event]) => [id, newEvent(detailsOf(event))]);
  return { version: 0, events: Object.fromEntries(forSale) };
}

/** The first member that says that tickets were sold or used. */
function usedMemberOf(event: z.infer<typeof seed>['events'][string]) {
  const { capacity, remaining = capacity, issued = 0, cancelled, admitted } = event;
  if (remaining !== capacity) return 'remaining';
  if (issued > 0) return 'issued';
  return cancelled !== undefined ? 'cancelled' : admitted && 'admitted';
}

/**
 * Rejects a file of which `JSON.parse` would drop a part: of two events with the same id, the first.
 *
 * @throws TicketFileError that names the line
 */
export function rejectDroppedMembers(path: string, bytes: Buffer): void {
  const [first] = scanJson(bytes.toString('utf8')).dropped;
  if (first !== undefined) throw new TicketFileError(path, `line ${first.line}: ${first.reason}`);
}

/** The text of a ticket file. */
export const printTickets = (state: TicketState): string => `${JSON.stringify(state, null, 2)}\n`;

function requireCounted(path: string, bytes: Buffer, { events }: TicketState): void {
  for (const [id, { capacity, remaining }] of Object.entries(events)) {
    if (remaining <= capacity) continue;
    const reason = `it has ${remaining} of ${capacity} tickets left`;
    throw new TicketFileError(path, at(bytes, ['events', id, 'remaining'], reason));
  }
}

/** The most mistakes in one message. */
const ISSUES_MAX = 5;

function check<Result>(
  path: string,
  bytes: Buffer,
  schema: z.ZodType<Result>,
  given: unknown,
): Result {
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  const issues = error.issues.map((issue) => describeIssue(bytes, issue));
  const more = issues.length > ISSUES_MAX ? [`${issues.length - ISSUES_MAX} more`] : [];
  throw new TicketFileError(path, [...issues.slice(0, ISSUES_MAX), ...more].join('; '));
}

function parseJson(path: string, bytes: Buffer): unknown {
  if (!isUtf8(bytes)) {
    throw new TicketFileError(path, `line ${firstLineNotUtf8(bytes)}: it is not UTF-8`);
  }
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TicketFileError(path, whyNotJson(text) ?? (error as Error).message);
  }
}

function whyNotJson(text: string): string | undefined {
  if (text.startsWith('\ufeff')) return 'it begins with a byte order mark: save it without one';
  try {
    scanJson(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof JsonScanError)) throw error;
    return `line ${error.line}: ${error.message}`;
  }
}

function describeIssue(bytes: Buffer, issue: z.core.$ZodIssue): string {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const place = issue.code === 'unrecognized_keys' ? [...path, issue.keys[0] ?? ''] : path;
  // Of a name that is not allowed, the reason is that of its characters.
  const inner = issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined;
  return at(bytes, place, inner ?? issue.message);
}

/** `line 4, events.gala.capacity: …`. */
function at(bytes: Buffer, path: JsonPath, reason: string): string {
  const line = scanJson(bytes.toString('utf8')).lineOf(path);
  return `line ${line}, ${path.length === 0 ? 'the file' : path.join('.')}: ${reason}`;
}

/** No line feed is part of a longer sequence of UTF-8, so each line can be checked by itself. */
function firstLineNotUtf8(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (!isUtf8(bytes.subarray(start, end === -1 ? undefined : end))) return line;
    if (end === -1) break;
    start = end + 1;
  }
  return line;
}
