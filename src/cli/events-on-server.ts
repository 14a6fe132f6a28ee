import { join } from 'node:path';
import { z } from 'zod';
import type { RemoveEvent, SaveEvent } from '../booking/commands.js';
import { eventDetails } from '../booking/inventory.js';
import { exitCode } from '../exit-codes.js';
import { isLoopback } from '../server-address.js';
import { readSettings } from '../settings.js';
import { readOwnFile } from '../store/shared/private-file.js';
import { UserError } from '../user-error.js';
import type { EditResult, EventEditor, FoundEvent, ListedEvent } from './event-editor.js';

/** Longer than the server's own deadlines. */
const ANSWER_MS_MAX = 30_000;

/** Pages of a search; a server has at most as many events as fit into its memory. */
const PAGES_MAX = 10_000;

const listedEvent = z.object({ ...eventDetails.shape, id: z.string(), remaining: z.int() });
const foundEvent = listedEvent.extend({ revision: z.int() });
const page = z.object({ events: z.array(listedEvent), next: z.string().nullable() });
const problem = z.object({
  type: z.string(),
  title: z.string(),
  detail: z.string().optional(),
  revision: z.int().default(0),
  taken: z.int().default(0),
});

/** The server did not do what it was asked. */
class ServerError extends UserError {
  override readonly exitCode = exitCode.failed;
}

/**
 * Edits the events of a server, as an operator: with ADMIN_TOKEN or, on this machine, the token of the folder. No other
 * machine is sent that one.
 */
export async function editServer<T>(
  url: URL,
  use: (editor: EventEditor) => Promise<T>,
): Promise<T> {
  const { ADMIN_TOKEN, DATA_DIR } = readSettings();
  const isHere = isLoopback(url.hostname.replace(/^\[|\]$/g, ''));
  const inFolder = isHere ? await readOwnFile(join(DATA_DIR, 'admin.token')) : undefined;
  return use(new ServerEditor(url, (ADMIN_TOKEN ?? inFolder?.toString('utf8'))?.trim()));
}

class ServerEditor implements EventEditor {
  readonly #url: URL;
  readonly #token: string | undefined;

  constructor(url: URL, token: string | undefined) {
    this.#url = url;
    this.#token = token;
  }

  async list(): Promise<readonly ListedEvent[]> {
    const events: ListedEvent[] = [];
    let cursor: string | null = null;
    for (let pages = 0; pages < PAGES_MAX; pages++) {
      const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = await this.#send('GET', `/search?limit=100${from}`);
      if (answer.status !== 200) throw this.#errorOf(answer);
      const { events: more, next } = this.#parse(page, answer);
      events.push(...more);
      if (next === null) break;
      cursor = next;
    }
    return events;
  }

  async find(eventId: string): Promise<FoundEvent | undefined> {
    const answer = await this.#send('GET', pathOf(eventId));
    if (answer.status === 200) return this.#parse(foundEvent, answer);
    if (kindOf(answer) === 'unknown-event') return undefined;
    throw this.#errorOf(answer);
  }

  async edit(command: SaveEvent | RemoveEvent): Promise<EditResult> {
    const { revision, eventId } = command;
    const precondition: Record<string, string> =
      revision === undefined ? { 'if-none-match': '*' } : { 'if-match': `"${revision}"` };
    const answer =
      command.kind === 'saveEvent'
        ? await this.#send('PUT', pathOf(eventId), precondition, command.event)
        : await this.#send('DELETE', pathOf(eventId), revision === undefined ? {} : precondition);
    if (answer.status === 204) return { kind: 'removed' };
    if (answer.status === 200 || answer.status === 201) {
      return { kind: 'saved', revision: this.#parse(foundEvent, answer).revision };
    }
    switch (kindOf(answer)) {
      case 'unknown-event':
        return { kind: 'unknownEvent' };
      case 'event-in-use':
        return { kind: 'eventInUse' };
      case 'revision-mismatch':
        return { kind: 'revisionMismatch', revision: this.#parse(problem, answer).revision };
      case 'capacity-too-small':
        return { kind: 'capacityTooSmall', taken: this.#parse(problem, answer).taken };
      default:
        throw this.#errorOf(answer);
    }
  }

  async #send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: object,
  ): Promise<ServerAnswer> {
    const token = this.#token;
    try {
      const response = await fetch(new URL(path, this.#url), {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
        headers: {
          ...headers,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      const { cause, message } = error as Error;
      const { code = message } = (cause ?? {}) as NodeJS.ErrnoException;
      throw new UserError(`no server answers at ${this.#url.origin} (${code}): run npm start`);
    }
  }

  #parse<Schema extends z.ZodType>(schema: Schema, { text }: ServerAnswer): z.infer<Schema> {
    const { success, data } = schema.safeParse(jsonOf(text));
    if (success) return data;
    throw new UserError(`${this.#url.origin} is not a Turnstile server`);
  }

  #errorOf(answer: ServerAnswer): UserError {
    const { title, detail } = this.#parse(problem, answer);
    return new ServerError([title, detail].filter(Boolean).join(': '));
  }
}

interface ServerAnswer {
  readonly status: number;
  readonly text: string;
}

const pathOf = (eventId: string): string => `/events/${encodeURIComponent(eventId)}`;

/** `sold-out` of an answer that is the problem `/problems/sold-out`. */
const kindOf = ({ text }: ServerAnswer): string | undefined =>
  problem.safeParse(jsonOf(text)).data?.type.split('/').at(-1);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
