import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buyAtOnce } from '../../src/client/buyers.js';
import { judgeRace, type RaceResult } from '../../src/client/race-result.js';
import { lockModesOf } from '../../src/store/registry.js';
import { TestDatabase } from '../support/database.js';
import { eventsOf, raceIds } from '../support/folder.js';
import { TestServer } from '../support/office.js';
import { CAPACITY, EVENTS, exactly } from '../support/races.js';

const modes = Object.entries(lockModesOf('postgres'));
const exact = modes.filter(([, { scope }]) => scope === 'rows').map(([name]) => name);
const racy = modes.filter(([, { scope }]) => scope === 'nothing').map(([name]) => name);

/** Two primaries, as on two machines: they share a database and nothing else. */
function officesOf(mode: string, events: number, env: NodeJS.ProcessEnv = {}) {
  let database: TestDatabase;
  let offices: readonly TestServer[] = [];
  beforeAll(async () => {
    database = await TestDatabase.create(eventsOf(raceIds(events), CAPACITY));
    const options = { database, env: { LOCK_MODE: mode, WORKERS: '2', ...env } };
    offices = await Promise.all([TestServer.start(options), TestServer.start(options)]);
  });
  afterAll(async () => {
    await Promise.all(offices.map((office) => office.dispose()));
    await database?.dispose();
  });

  /** Half of the buyers go to each. */
  return {
    async race(id: string): Promise<RaceResult> {
      const [one, two] = offices as readonly [TestServer, TestServer];
      const answers = await Promise.all([one, two].map(({ url }) => buyAtOnce(url, id, CAPACITY)));
      return judgeRace(CAPACITY, await one.remaining(id), answers.flat());
    },
    verdict: () => (offices[0] as TestServer).verdict(),
    results: async () => (await (offices[1] as TestServer).fetch('/verdict')).json(),
  };
}

async function raceForEach(offices: ReturnType<typeof officesOf>, ids: readonly string[]) {
  const canOversell: RaceResult[] = [];
  for (const id of ids) canOversell.push(await offices.race(id));
  return canOversell;
}

const wrong = (canOversell: readonly RaceResult[]): number =>
  canOversell.filter(({ ruling }) => ruling === 'broken').length;

describe.each(racy)('postgres, %s, two primaries', (mode) => {
  const offices = officesOf(mode, 2 * EVENTS);

  test('is wrong in at least 19 of 20 events (or 38 of 40), and nobody is left without an answer', async () => {
    const ids = raceIds(2 * EVENTS);
    const first = await raceForEach(offices, ids.slice(0, EVENTS));
    const enough = wrong(first) >= 19;
    const all = enough ? first : [...first, ...(await raceForEach(offices, ids.slice(EVENTS)))];
    expect(all.map(({ unknown }) => unknown)).toEqual(all.map(() => 0));
    expect(wrong(all)).toBeGreaterThanOrEqual(enough ? 19 : 38);
    const verdict = await offices.verdict();
    expect(verdict.verdict).toBe('broken');
    expect(verdict.lostUpdates).toBeGreaterThan(0);
    expect(verdict.events.some(({ duplicates }) => duplicates > 0)).toBe(true);
    expect(await offices.results()).toMatchObject({ verdict: 'broken' });
  });
});

const settings = exact.flatMap((mode) => [
  { mode, events: EVENTS, env: {} },
  { mode, events: 5, env: { RACE_WINDOW_MS: '5', BATCH_MAX: '8' } },
]);

describe.each(settings)('postgres, $mode, two primaries, $env', ({ mode, events, env }) => {
  const offices = officesOf(mode, events, env);

  test(`sells exactly ${CAPACITY} in ${events} of ${events} events`, async () => {
    const { why: _, ...right } = exactly();
    const canOversell = await raceForEach(offices, raceIds(events));
    for (const race of canOversell) expect(race).toMatchObject(right);
    const verdict = await offices.verdict();
    expect(verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0, skipped: 0 });
    expect(verdict.events.map(({ sold }) => sold)).toEqual(canOversell.map(() => CAPACITY));
  });
});
