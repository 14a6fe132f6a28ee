import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadSeed } from '../../../src/store/shared/seed.js';
import { parseTickets } from '../../../src/store/shared/tickets-json.js';
import { anEvent, testFolder } from '../../support/folder.js';

const seedPath = new URL('../../../data/tickets.seed.json', import.meta.url).pathname;
const idsOf = async (folder: string) =>
  Object.keys((await loadSeed(folder, join(folder, 'tickets.json'))).events);
const write = (folder: string, name: string, events: object) =>
  writeFileSync(join(folder, name), JSON.stringify({ version: 3, events }));

describe('packaged seed', () => {
  const { events, version } = parseTickets(seedPath, readFileSync(seedPath));
  const capacities = Object.values(events).map(({ capacity }) => capacity);

  test('has at least ten events, among them one each of 3, 100 and 50 million tickets', () => {
    expect(version).toBe(0);
    expect(capacities.length).toBeGreaterThanOrEqual(10);
    for (const size of [3, 100, 50_000_000]) {
      expect(capacities.filter((capacity) => capacity === size)).toHaveLength(1);
    }
    expect(Object.values(events).every((event) => event.remaining === event.capacity)).toBe(true);
  });
});

describe('loadSeed', () => {
  test('uses the packaged events for an empty folder', async () => {
    expect(await idsOf(testFolder())).toContain('harbour-jazz');
  });

  test('uses the ticket file while nothing is sold from it', async () => {
    const folder = testFolder({ mine: anEvent(4) });
    write(folder, 'tickets.seed.json', { seed: anEvent(1) });
    expect(await idsOf(folder)).toEqual(['mine']);
  });

  test('uses the seed of the folder once something is sold', async () => {
    const folder = testFolder({ mine: anEvent(4, { remaining: 3 }) });
    write(folder, 'tickets.seed.json', { seed: anEvent(9, { remaining: 2 }) });
    expect(await loadSeed(folder, join(folder, 'tickets.json'))).toEqual({
      version: 0,
      events: { seed: anEvent(9) },
    });
  });

  test('never replaces the events of a folder without a seed by the packaged ones', async () => {
    const folder = testFolder({ mine: anEvent(4, { remaining: 3 }) });
    expect(await loadSeed(folder, join(folder, 'tickets.json'))).toEqual({
      version: 0,
      events: { mine: anEvent(4) },
    });
  });
});
