import type { TicketState } from '../../src/booking/inventory.js';
import { newFolder, removeFolder } from '../support/folder.js';
import { type OfficeOptions, TestServer } from '../support/office.js';
import { Random } from '../support/random.js';

/**
 * One run of one row: its chance, how much of it is done, and what must be gone when it ends. The
 * same seed gives the same faults in the same order.
 */
export class Round {
  readonly seed: number;
  readonly random: Random;
  /** Whether to do all of it, or the part of it that `npm test` has time for. */
  readonly whole: boolean;
  readonly #endings: (() => unknown)[] = [];

  constructor(seed: number, whole: boolean) {
    this.seed = seed;
    this.random = new Random(seed);
    this.whole = whole;
  }

  /** Starts an office that is gone when the round ends, however it ends. */
  async office(options: OfficeOptions): Promise<TestServer> {
    const office = await TestServer.start(options);
    this.onEnd(() => office.dispose());
    return office;
  }

  /** A folder that is gone when the round ends. */
  folder(events?: TicketState['events']): string {
    const folder = newFolder(events);
    this.onEnd(() => removeFolder(folder));
    return folder;
  }

  onEnd(ending: () => unknown): void {
    this.#endings.push(ending);
  }

  /** Undoes everything, the newest first, all of it even when some of it fails. */
  async end(): Promise<void> {
    const failures: unknown[] = [];
    for (const ending of this.#endings.splice(0).reverse()) {
      await Promise.resolve()
        .then(ending)
        .catch((error) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not all could be undone');
  }
}
