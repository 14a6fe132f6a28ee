import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreDriver } from '../src/store/driver.js';
import { stores } from '../src/store/registry.js';
import { createFolder, removeFolder } from './child-process.js';
import { onFault, openStore } from './open-store.js';

/** What a server's folder holds at the start: events `event-1` and on, or tickets sold before. */
export type StartData =
  | { readonly events: number }
  | {
      readonly store: string;
      readonly sold: number;
      /** Tickets of an order; one unless given. */
      readonly each?: number;
      readonly orderSecret?: string;
    };

/** Enough tickets for every round. */
const CAPACITY = 100_000_000;
const BATCH = 256;

export const eventIds = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `event-${index + 1}`);

/** Folders that servers start with copies of. Each is made once. */
export class StartFolders {
  readonly #folders = new Map<string, string>();

  async get(data: StartData): Promise<string> {
    const key = JSON.stringify(data);
    const folder = this.#folders.get(key) ?? createFolder();
    if (this.#folders.has(key)) return folder;
    this.#folders.set(key, folder);
    if ('events' in data) writeEvents(folder, data.events);
    else await sellTickets(folder, data.store === 'json' ? 'json' : 'ledger', data);
    return folder;
  }

  remove(): void {
    for (const folder of this.#folders.values()) removeFolder(folder);
  }
}

function writeEvents(folder: string, count: number): void {
  const event = {
    name: 'A concert with a name of the usual length',
    venue: 'Hall 1, Anywhere',
    startsAt: '2030-01-01T20:00:00Z',
    price: { amount: 100, currency: 'EUR' },
    capacity: CAPACITY,
    remaining: CAPACITY,
  };
  const events = Object.fromEntries(eventIds(count).map((id) => [id, event]));
  writeFileSync(join(folder, 'tickets.json'), JSON.stringify({ version: 0, events }));
}

/** Sells tickets of the packaged event that never sells out, with the server's own store. */
async function sellTickets(
  folder: string,
  name: 'json' | 'ledger',
  { sold: count, each = 1, orderSecret }: Extract<StartData, { readonly sold: number }>,
): Promise<void> {
  const driver: StoreDriver = stores[name];
  const secret = orderSecret === undefined ? {} : { orderSecret };
  await driver.prepare(folder, { ...secret, seeds: folder, waitMs: 0 });
  const task = await driver.startBackgroundTask?.({ location: folder, lockMode: 'off', onFault });
  const store = await openStore(name, folder, false, secret);
  const buy = {
    kind: 'buy' as const,
    eventId: 'world-stream',
    customer: 'a buyer',
    quantity: each,
  };
  for (let sold = 0; sold < count; sold += BATCH * each) {
    const buys = Array<typeof buy>(Math.min(BATCH, Math.ceil((count - sold) / each))).fill(buy);
    const { results } = await store.sell(buys);
    if (results.some(({ kind }) => kind !== 'sold')) throw new Error(`sold out after ${sold}`);
  }
  await task?.close();
  await store.close();
}
