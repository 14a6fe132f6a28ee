import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buyAtOnce } from '../../src/client/buyers.js';
import { judgeRace, type RaceResult } from '../../src/client/race-result.js';
import { lockModesOf } from '../../src/store/registry.js';
import { TestDatabase } from '../support/database.js';
import { eventsOf, raceIds } from '../support/folder.js';
import { CAPACITY, countBroken, EVENTS, exactResult, patient } from '../support/race-cluster.js';
import { TestServer } from '../support/test-server.js';

const modes = Object.entries(lockModesOf('postgres'));
const exact = modes.filter(([, { scope }]) => scope === 'rows').map(([name]) => name);
const racy = modes.filter(([, { scope }]) => scope === 'nothing').map(([name]) => name);

/** Two primaries, as on two machines: they share only a database. */
function sharedServers(mode: string, events: number, env: NodeJS.ProcessEnv = {}) {
  let database: TestDatabase;
  let servers: readonly TestServer[] = [];
  beforeAll(async () => {
    database = await TestDatabase.create(eventsOf(raceIds(events), CAPACITY));
    const options = { database, env: { LOCK_MODE: mode, WORKERS: '2', ...patient, ...env } };
    servers = await Promise.all([TestServer.start(options), TestServer.start(options)]);
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.dispose()));
    await database?.dispose();
  });

  /** Each server gets half of the buyers. */
  return {
    async race(id: string): Promise<RaceResult> {
      const [one, two] = servers as readonly [TestServer, TestServer];
      const answers = await Promise.all([one, two].map(({ url }) => buyAtOnce(url, id, CAPACITY)));
      return judgeRace(CAPACITY, await one.remaining(id), answers.flat());
    },
    verdict: () => (servers[0] as TestServer).verdict(),
    verdictOverHttp: async () => (await (servers[1] as TestServer).fetch('/verdict')).json(),
  };
}

async function raceForEach(servers: ReturnType<typeof sharedServers>, ids: readonly string[]) {
  const races: RaceResult[] = [];
  for (const id of ids) races.push(await servers.race(id));
  return races;
}

describe.each(racy)('postgres, %s, two primaries', (mode) => {
  const servers = sharedServers(mode, 2 * EVENTS);

  test('oversells in at least 19 of 20 events (or 38 of 40), and every buy gets an answer', async () => {
    const ids = raceIds(2 * EVENTS);
    const first = await raceForEach(servers, ids.slice(0, EVENTS));
    const enough = countBroken(first) >= 19;
    const all = enough ? first : [...first, ...(await raceForEach(servers, ids.slice(EVENTS)))];
    expect(all.map(({ unknown }) => unknown)).toEqual(all.map(() => 0));
    expect(countBroken(all)).toBeGreaterThanOrEqual(enough ? 19 : 38);
    const verdict = await servers.verdict();
    expect(verdict.verdict).toBe('broken');
    expect(verdict.lostUpdates).toBeGreaterThan(0);
    expect(verdict.events.some(({ duplicates }) => duplicates > 0)).toBe(true);
    expect(await servers.verdictOverHttp()).toMatchObject({ verdict: 'broken' });
  });
});

const settings = exact.flatMap((mode) => [
  { mode, what: 'no window', events: EVENTS, env: {} },
  {
    ...{ mode, what: 'a window of 5 ms, batches of 8', events: 5 },
    env: { RACE_WINDOW_MS: '5', BATCH_MAX: '8' },
  },
]);

describe.each(settings)('postgres, $mode, two primaries, $what', ({ mode, events, env }) => {
  const servers = sharedServers(mode, events, env);

  test(`sells exactly ${CAPACITY} in ${events} of ${events} events`, async () => {
    const { why: _, ...right } = exactResult();
    const races = await raceForEach(servers, raceIds(events));
    for (const race of races) expect(race).toMatchObject(right);
    const verdict = await servers.verdict();
    expect(verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0, skipped: 0 });
    expect(verdict.events.map(({ sold }) => sold)).toEqual(races.map(() => CAPACITY));
  });
});
