import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../booking/faults.js';
import { type TicketState, ticketState } from '../../booking/inventory.js';
import type { Snapshot } from '../../booking/store.js';
import { UserError } from '../../user-error.js';
import { createFile, replaceFile, syncFolder } from '../shared/atomic-file.js';

/** A ticket file that cannot be read as one: which file, and what is wrong with it. */
export class TicketFileError extends UserError {
  constructor(path: string, reason: string) {
    super(`${path} is not a ticket file: ${reason}`);
  }
}

/** `tickets.json`: read whole, replaced whole. */
export class TicketFile {
  readonly path: string;
  readonly #durable: boolean;
  #last: { bytes: Buffer; state: TicketState; tag?: string } | undefined;

  /** @param durable whether a replaced file survives a power cut */
  constructor(path: string, durable: boolean) {
    this.path = path;
    this.#durable = durable;
  }

  async read(): Promise<TicketState> {
    return this.#newest().state;
  }

  /** The state with its tag: the hash of the file's bytes. */
  async snapshot(): Promise<Snapshot> {
    const recentCommits = this.#newest();
    recentCommits.tag ??= createHash('sha256')
      .update(recentCommits.bytes)
      .digest('base64url')
      .slice(0, 22);
    return { state: recentCommits.state, tag: recentCommits.tag };
  }

  /**
   * The file is read every time: inode numbers come back and its times tick in milliseconds, so
   * `stat` cannot tell two versions apart. It is parsed only when it changed.
   */
  #newest(): { bytes: Buffer; state: TicketState; tag?: string } {
    const bytes = readFileSync(this.path);
    if (this.#last === undefined || !this.#last.bytes.equals(bytes)) {
      this.#last = { bytes, state: parseTickets(this.path, bytes) };
    }
    return this.#last;
  }

  /** @throws Fault `SYNC_FAILED` when the new file stands but may not survive a power cut */
  async replace(state: TicketState): Promise<void> {
    await replaceFile(this.path, print(state), this.#durable);
    if (!this.#durable) return;
    await syncFolder(dirname(this.path)).catch((error) => {
      throw new Fault('SYNC_FAILED', `${this.path} was replaced but not synced`, error);
    });
  }

  /** Makes the file if there is none; of two processes that try at once, one does. */
  create(state: TicketState): Promise<boolean> {
    return createFile(this.path, print(state));
  }
}

/**
 * Reads the bytes of a ticket file or of a seed.
 *
 * @throws TicketFileError with the first thing that is wrong
 */
export function parseTickets(path: string, bytes: Buffer): TicketState {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new TicketFileError(path, (error as Error).message);
  }
  const { success, data, error } = ticketState.safeParse(json);
  if (!success) throw new TicketFileError(path, z.prettifyError(error).split('\n').join(' '));
  for (const [id, { capacity, remaining }] of Object.entries(data.events)) {
    if (remaining > capacity) {
      throw new TicketFileError(path, `${id} has ${remaining} of ${capacity} tickets left`);
    }
  }
  return data;
}

const print = (state: TicketState): string => `${JSON.stringify(state, null, 2)}\n`;
