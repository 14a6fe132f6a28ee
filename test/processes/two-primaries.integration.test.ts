import { describe, expect, test } from 'vitest';
import { buyAtOnce } from '../../src/client/buyers.js';
import { judgeRace } from '../../src/client/race-result.js';
import { lockModeNames, locks } from '../../src/lock/registry.js';
import { eventsOf, raceIds, testFolder } from '../support/folder.js';
import { TestServer } from '../support/office.js';
import { run } from '../support/processes.js';

const exact = lockModeNames.filter((name) => locks[name].scope === 'host');
const EVENTS = 5;

/** Two offices sell from one folder; half of the buyers go to each. Answers how many events went wrong. */
async function wrongEvents(mode: string, program: string, store = 'json'): Promise<number> {
  const folder = testFolder(eventsOf(raceIds(EVENTS), 100));
  const options = { program, folder, env: { STORE: store, LOCK_MODE: mode, WORKERS: '2' } };
  const [one, two] = await Promise.all([
    TestServer.startForTest(options),
    TestServer.startForTest(options),
  ]);
  let wrong = 0;
  for (const id of raceIds(EVENTS)) {
    const answers = await Promise.all([buyAtOnce(one.url, id, 100), buyAtOnce(two.url, id, 100)]);
    const { ruling } = judgeRace(100, await one.remaining(id), answers.flat());
    if (ruling !== 'holds') wrong++;
  }
  return wrong;
}

describe('two primaries on one folder', () => {
  test.each(exact)('%s keeps them apart', async (mode) => {
    expect(await wrongEvents(mode, 'src/main')).toBe(0);
  });

  test('the ledger needs no lock for it', async () => {
    expect(await wrongEvents('off', 'src/main', 'ledger')).toBe(0);
  });

  test.each(exact)('%s that lets everyone in does not', async (mode) => {
    expect(await wrongEvents(mode, 'test/programs/unlocked-office')).toBeGreaterThan(0);
  });

  test.each([
    [
      { STORE: 'json', LOCK_MODE: 'file' },
      { STORE: 'json', LOCK_MODE: 'kernel' },
    ],
    [{ STORE: 'json' }, { STORE: 'ledger' }],
    [{ STORE: 'ledger' }, { STORE: 'json' }],
  ])('is refused where they would not know of each other: %j, %j', async (first, second) => {
    const folder = testFolder(eventsOf(['a'], 3));
    const one = await TestServer.startForTest({ folder, env: { WORKERS: '1', ...first } });
    const env = { PORT: '0', DATA_DIR: folder, WORKERS: '1', ...second };
    const { code, stderr } = await run('src/main', { env });
    expect(code).toBe(2);
    expect(stderr).toContain(`is open with STORE=${first.STORE}`);
    expect((await one.buy({ eventId: 'a', customer: 'Ada' })).status).toBe(201);
  });

  test('may have different lock modes on the ledger', async () => {
    const folder = testFolder(eventsOf(['a'], 3));
    const start = (LOCK_MODE: string) =>
      TestServer.startForTest({ folder, env: { STORE: 'ledger', LOCK_MODE, WORKERS: '1' } });
    const offices = [await start('off'), await start('kernel')];
    const answers = await Promise.all(offices.map((office) => buyAtOnce(office.url, 'a', 5)));
    expect(judgeRace(3, 0, answers.flat())).toMatchObject({ ruling: 'holds', sold: 3 });
  });
});
