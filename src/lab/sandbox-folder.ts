import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TicketEvent } from '../booking/inventory.js';
import { UserError } from '../user-error.js';

/** The pid of the process that created a folder follows this prefix. */
const PREFIX = 'turnstile-lab-';

/** The event that is sold before the first run. */
export const warmUpEventId = 'warm-up';
const WARM_UP_CAPACITY = 1_000;

/** The id of the event that is sold in a run, counted from 1: `run-1`. */
export const eventIdOf = (run: number): string => `run-${run}`;

/** Where the workers of a sandbox write their traces. */
export const traceFolder = (folder: string): string => join(folder, 'trace');

/** Creates the folder of a sandbox, with equal events for its runs. Returns its path. */
export function createSandboxFolder(events: number, capacity: number): string {
  const folder = inTemporaryFolder(() => mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`)));
  mkdirSync(traceFolder(folder));
  const tickets = { version: 0, events: eventsOf(events, capacity) };
  writeFileSync(join(folder, 'tickets.seed.json'), JSON.stringify(tickets));
  return folder;
}

function eventsOf(count: number, capacity: number): Record<string, TicketEvent> {
  const event = (tickets: number): TicketEvent => ({
    name: 'The experiment',
    venue: 'The lab',
    startsAt: '2030-01-01T20:00:00+00:00',
    price: { amount: 1000, currency: 'EUR' },
    capacity: tickets,
    remaining: tickets,
  });
  const runs = Array.from({ length: count }, (_, index) => [eventIdOf(index + 1), event(capacity)]);
  return Object.fromEntries([...runs, [warmUpEventId, event(WARM_UP_CAPACITY)]]);
}

/** Removes the folders of processes that were killed before they could remove them. */
export async function removeAbandonedFolders(): Promise<void> {
  for (const name of inTemporaryFolder(() => readdirSync(tmpdir()))) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {}); // not ours
  }
}

/** @throws UserError if the system's folder for temporary files cannot be used */
function inTemporaryFolder<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { message } = error as Error;
    throw new UserError(`TMPDIR is ${JSON.stringify(tmpdir())}: it cannot be used: ${message}`);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
