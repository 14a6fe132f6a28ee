import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventDetails } from '../booking/inventory.js';
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
  const runs = Array.from({ length: events }, (_, index) => [eventIdOf(index + 1), capacity]);
  const folder = createFolderWith({
    ...Object.fromEntries(runs),
    [warmUpEventId]: WARM_UP_CAPACITY,
  });
  mkdirSync(traceFolder(folder));
  return folder;
}

/** Creates a folder with events for sale. Returns its path. */
export function createFolderWith(capacities: Readonly<Record<string, number>>): string {
  const folder = createTemporaryFolder();
  const events = Object.entries(capacities).map(([id, capacity]) => [id, eventWith(capacity)]);
  const tickets = { version: 0, events: Object.fromEntries(events) };
  writeFileSync(join(folder, 'tickets.seed.json'), JSON.stringify(tickets));
  return folder;
}

/** Creates an empty folder. Returns its path. @throws UserError if it cannot be created */
export const createTemporaryFolder = (): string =>
  inTemporaryFolder(() => mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`)));

const eventWith = (capacity: number): EventDetails => ({
  name: 'The experiment',
  venue: 'The lab',
  startsAt: '2030-01-01T20:00:00+00:00',
  price: { amount: 1000, currency: 'EUR' },
  capacity,
});

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
