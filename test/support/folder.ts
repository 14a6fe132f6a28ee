import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TicketEvent, TicketState } from '../../src/booking/inventory.js';
import type { StoreOptions } from '../../src/store/driver.js';

/** An event with this many tickets, all of them for sale. */
export const anEvent = (capacity: number, changes: Partial<TicketEvent> = {}): TicketEvent => ({
  name: 'Test Night',
  venue: 'The Test Hall',
  startsAt: '2027-02-01T20:00:00+00:00',
  price: { amount: 1000, currency: 'EUR' },
  capacity,
  remaining: capacity,
  issued: Math.max(0, capacity - (changes.remaining ?? capacity)),
  revision: 1,
  ...changes,
});

/** `race-1`, `race-2`, …: the ids of equal events for one race each. */
export const raceIds = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `race-${index + 1}`);

export function eventsOf(ids: readonly string[], capacity: number): TicketState['events'] {
  return Object.fromEntries(ids.map((id) => [id, anEvent(capacity)]));
}

/** Creates a folder with these events in its ticket file, or an empty folder. */
export function newFolder(events?: TicketState['events'], within = tmpdir()): string {
  const folder = mkdtempSync(join(within, 'turnstile-'));
  if (events !== undefined) {
    writeFileSync(join(folder, 'tickets.json'), JSON.stringify({ version: 0, events }));
  }
  return folder;
}

/** Options with which a test opens a store: a fault in the background fails the test. */
export function openOptions(folder: string, durable: boolean, lockMode = 'row'): StoreOptions {
  const onFault = (fault: Error): never => {
    throw fault;
  };
  const times = { raceWindowMs: 0, lockTimeoutMs: 5000, lockStaleMs: 2000 };
  return { location: folder, durable, lockMode, ...times, emit: () => {}, onFault };
}

/**
 * Creates a folder that is removed when the test ends.
 *
 * @param onFinished that of the test's context, if the test is concurrent
 */
export function testFolder(
  events?: TicketState['events'],
  onFinished: typeof onTestFinished = onTestFinished,
): string {
  const folder = newFolder(events);
  onFinished(() => removeFolder(folder));
  return folder;
}

/** The same, with the lock file of a server that ran: where it is missing beside sales, a process waits. */
export function testFolderWithLock(events?: TicketState['events']): string {
  const folder = testFolder(events);
  writeFileSync(join(folder, 'office.lock'), '');
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
