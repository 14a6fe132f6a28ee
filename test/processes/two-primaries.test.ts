import { describe, expect, test } from 'vitest';
import { buyAtOnce } from '../../src/cli/buyers.js';
import { judgeRace } from '../../src/cli/race-result.js';
import { lockModeNames, locks } from '../../src/lock/registry.js';
import { eventsOf, raceIds, testFolder } from '../support/folder.js';
import { TestOffice } from '../support/office.js';

const exact = lockModeNames.filter((name) => locks[name].scope === 'host');
const EVENTS = 5;

/** Two offices sell from one folder; half of the buyers go to each. Answers how many events went wrong. */
async function wrongEvents(mode: string, program: string, store = 'json'): Promise<number> {
  const folder = testFolder(eventsOf(raceIds(EVENTS), 100));
  const options = { program, folder, env: { STORE: store, LOCK_MODE: mode, WORKERS: '2' } };
  const [one, two] = await Promise.all([
    TestOffice.startForTest(options),
    TestOffice.startForTest(options),
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
});
