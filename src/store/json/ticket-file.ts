import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Fault } from '../../booking/faults.js';
import type { TicketState } from '../../booking/inventory.js';
import type { Snapshot } from '../../booking/store.js';
import { createFile, replaceFile, syncFolder } from '../shared/files.js';
import { OncePerRound } from '../shared/once-per-round.js';
import { parseTickets, printTickets } from '../shared/tickets-json.js';
import { markDamaged } from './damage.js';

interface Parsed {
  readonly bytes: Buffer;
  readonly state: TicketState;
  tag?: string;
}

export interface TicketFileOptions {
  /** Called right before the file is replaced; nothing is replaced if it throws. */
  readonly beforeReplace?: () => void;
  /**
   * Given where a lock keeps all other writers out: the highest version on record, below which the file
   * never goes. What this process read or wrote itself does not tell: it may have just started, or sold
   * nothing while others did.
   */
  readonly newestVersion?: () => number;
}

/** `tickets.json`: always read and replaced as a whole. */
export class TicketFile {
  readonly path: string;
  readonly #durable: boolean;
  readonly #options: TicketFileOptions;
  readonly #snapshot = new OncePerRound(() => this.#readSnapshot());
  #last: Parsed | undefined;
  /** The highest version that this process read or wrote. */
  #highest = 0;

  /** @param durable whether a replaced file survives a power cut */
  constructor(path: string, durable: boolean, options: TicketFileOptions = {}) {
    this.path = path;
    this.#durable = durable;
    this.#options = options;
  }

  /** @throws DamagedFolderError when the version went back: tickets would be sold again */
  async read(): Promise<TicketState> {
    const { state } = this.#parse();
    const { newestVersion } = this.#options;
    if (newestVersion !== undefined) this.#rejectOlder(state, newestVersion());
    this.#highest = state.version;
    return state;
  }

  #rejectOlder({ version }: TicketState, newest: number): void {
    const highest = Math.max(newest, this.#highest);
    if (version >= highest) return;
    const damage = `${basename(this.path)} went back from version ${highest} to ${version} while a server sold, so sales are missing in it`;
    throw markDamaged(dirname(this.path), damage);
  }

  /** The state and its tag, the hash of the file's bytes. */
  snapshot(): Promise<Snapshot> {
    return this.#snapshot.run();
  }

  async #readSnapshot(): Promise<Snapshot> {
    const parsed = this.#parse();
    parsed.tag ??= createHash('sha256').update(parsed.bytes).digest('base64url').slice(0, 22);
    return { state: parsed.state, tag: parsed.tag };
  }

  /**
   * The file is read every time, because `stat` cannot tell two versions apart: inode numbers are
   * reused and its times tick in milliseconds. It is parsed only when its bytes changed, and are not
   * those that this process wrote itself; then only what changed is checked.
   */
  #parse(): Parsed {
    const bytes = readFileSync(this.path);
    if (this.#last === undefined || !this.#last.bytes.equals(bytes)) {
      this.#last = { bytes, state: parseTickets(this.path, bytes, this.#last?.state) };
    }
    return this.#last;
  }

  /** @throws Fault `SYNC_FAILED` when the file was replaced but may not survive a power cut; LinkError */
  async replace(state: TicketState): Promise<void> {
    const text = printTickets(state);
    await replaceFile(this.path, text, this.#durable, this.#options.beforeReplace);
    this.#last = { bytes: Buffer.from(text), state };
    this.#highest = Math.max(this.#highest, state.version);
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
