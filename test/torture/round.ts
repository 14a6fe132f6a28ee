import { onTestFinished } from 'vitest';
import type { TicketState } from '../../src/booking/inventory.js';
import { newFolder, removeFolder } from '../support/folder.js';
import { Random } from '../support/random.js';
import { TestServer, type TestServerOptions } from '../support/test-server.js';

/**
 * One run of one fault: its random numbers, its extent, and its clean-up. The same seed gives the same
 * faults in the same order.
 */
export class Round {
  readonly seed: number;
  readonly random: Random;
  /** Whether to run the fault in full, or the part that `npm test` has time for. */
  readonly full: boolean;
  readonly #cleanUps: (() => unknown)[] = [];

  constructor(seed: number, full: boolean) {
    this.seed = seed;
    this.random = new Random(seed);
    this.full = full;
  }

  /** Starts a server that is disposed of when the round ends. */
  async server(options: TestServerOptions): Promise<TestServer> {
    const server = await TestServer.start(options);
    this.onEnd(() => server.dispose());
    return server;
  }

  /** Creates a folder that is removed when the round ends. */
  folder(events?: TicketState['events']): string {
    const folder = newFolder(events);
    this.onEnd(() => removeFolder(folder));
    return folder;
  }

  /** The pause of a buyer after a sale: in `npm test`, other tests need the processors too. */
  get pauseMs(): number {
    return this.full ? 0 : 20;
  }

  onEnd(cleanUp: () => unknown): void {
    this.#cleanUps.push(cleanUp);
  }

  /** Runs every clean-up, the newest first, even if some of them fail. */
  async end(): Promise<void> {
    const failures: unknown[] = [];
    for (const cleanUp of this.#cleanUps.splice(0).reverse()) {
      await Promise.resolve()
        .then(cleanUp)
        .catch((error) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some clean-ups failed');
  }
}

/** A short round that ends with the test. */
export function testRound(seed = 1): Round {
  const round = new Round(seed, false);
  onTestFinished(() => round.end());
  return round;
}

/** Waits for all, even if one fails: work that outlives its round would interfere with the next one. */
export async function settleAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
