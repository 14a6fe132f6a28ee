import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from '../../booking/faults.js';
import type { TicketState } from '../../booking/inventory.js';
import type { Snapshot } from '../../booking/store.js';
import { createFile, replaceFile, syncFolder } from '../shared/files.js';
import { parseTickets, printTickets } from '../shared/tickets-json.js';

interface Parsed {
  readonly bytes: Buffer;
  readonly state: TicketState;
  tag?: string;
}

/** `tickets.json`: always read and replaced as a whole. */
export class TicketFile {
  readonly path: string;
  readonly #durable: boolean;
  #last: Parsed | undefined;

  /** @param durable whether a replaced file survives a power cut */
  constructor(path: string, durable: boolean) {
    this.path = path;
    this.#durable = durable;
  }

  async read(): Promise<TicketState> {
    return this.#parse().state;
  }

  /** The state and its tag, the hash of the file's bytes. */
  async snapshot(): Promise<Snapshot> {
    const parsed = this.#parse();
    parsed.tag ??= createHash('sha256').update(parsed.bytes).digest('base64url').slice(0, 22);
    return { state: parsed.state, tag: parsed.tag };
  }

  /**
   * The file is read every time, because `stat` cannot tell two versions apart: inode numbers are
   * reused and its times tick in milliseconds. It is parsed only when its bytes changed.
   */
  #parse(): Parsed {
    const bytes = readFileSync(this.path);
    if (this.#last === undefined || !this.#last.bytes.equals(bytes)) {
      this.#last = { bytes, state: parseTickets(this.path, bytes) };
    }
    return this.#last;
  }

  /** @throws Fault `SYNC_FAILED` when the file was replaced but may not survive a power cut */
  async replace(state: TicketState): Promise<void> {
    await replaceFile(this.path, printTickets(state), this.#durable);
    if (!this.#durable) return;
    await syncFolder(dirname(this.path)).catch((error) => {
      throw new Fault('SYNC_FAILED', `${this.path} was replaced but not synced`, error);
    });
  }

  /** Creates the file if there is none; of two processes that try at once, one does. */
  create(state: TicketState): Promise<boolean> {
    return createFile(this.path, printTickets(state));
  }
}
