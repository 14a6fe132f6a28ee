import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadSeed } from '../../src/store/shared/seed.js';
import { parseTickets } from '../../src/store/shared/tickets-json.js';
import { anEvent, testFolder } from '../support/folder.js';

const seedPath = new URL('../../data/tickets.seed.json', import.meta.url).pathname;
const idsOf = async (folder: string) =>
  Object.keys((await loadSeed(folder, join(folder, 'tickets.json'))).events);
const write = (folder: string, name: string, events: object) =>
  writeFileSync(join(folder, name), JSON.stringify({ version: 3, events }));

describe('the packaged events', () => {
  const { events, version } = parseTickets(seedPath, readFileSync(seedPath));
  const capacities = Object.values(events).map(({ capacity }) => capacity);

  test('are about a dozen, with one of 3, exactly one of 100 and one of 50 million', () => {
    expect(version).toBe(0);
    expect(capacities.length).toBeGreaterThanOrEqual(10);
    for (const size of [3, 100, 50_000_000]) {
      expect(capacities.filter((capacity) => capacity === size)).toHaveLength(1);
    }
    expect(Object.values(events).every((event) => event.remaining === event.capacity)).toBe(true);
  });
});

describe('fresh tickets come', () => {
  test('from the package where there is nothing else', async () => {
    expect(await idsOf(testFolder())).toContain('harbour-jazz');
  });

  test('from the ticket file when nothing is sold there', async () => {
    const folder = testFolder({ mine: anEvent(4) });
    write(folder, 'tickets.seed.json', { seed: anEvent(1) });
    expect(await idsOf(folder)).toEqual(['mine']);
  });

  test('from the folder’s own seed when something is', async () => {
    const folder = testFolder({ mine: anEvent(4, { remaining: 3 }) });
    write(folder, 'tickets.seed.json', { seed: anEvent(9, { remaining: 2 }) });
    expect(await loadSeed(folder, join(folder, 'tickets.json'))).toEqual({
      version: 0,
      events: { seed: anEvent(9) },
    });
  });

  test('from the ticket file all the same where there is no seed: nobody’s events are swapped for ours', async () => {
    const folder = testFolder({ mine: anEvent(4, { remaining: 3 }) });
    expect(await loadSeed(folder, join(folder, 'tickets.json'))).toEqual({
      version: 0,
      events: { mine: anEvent(4) },
    });
  });
});
