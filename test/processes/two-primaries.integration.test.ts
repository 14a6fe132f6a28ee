import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buyAtOnce } from '../../src/client/buyers.js';
import { judgeRace } from '../../src/client/race-result.js';
import { lockModeNames, locks } from '../../src/lock/registry.js';
import { eventsOf, newFolder, raceIds, removeFolder, testFolder } from '../support/folder.js';
import { run } from '../support/processes.js';
import { patient } from '../support/race-cluster.js';
import { TestServer } from '../support/test-server.js';

const exact = lockModeNames.filter((name) => locks[name].scope === 'host');
const EVENTS = 5;

/** Two servers sell from one folder, each to half of the buyers. Returns how many events went wrong. */
async function wrongEvents(mode: string, program: string, store = 'json'): Promise<number> {
  const folder = testFolder(eventsOf(raceIds(EVENTS), 100));
  const options = {
    program,
    folder,
    env: { STORE: store, LOCK_MODE: mode, WORKERS: '2', ...patient },
  };
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
  test.each(exact)('%s excludes the other primary', async (mode) => {
    expect(await wrongEvents(mode, 'src/main')).toBe(0);
  });

  test('the ledger is exact without a lock', async () => {
    expect(await wrongEvents('off', 'src/main', 'ledger')).toBe(0);
  });

  test.each(exact)('negative control: %s without its lock oversells', async (mode) => {
    expect(await wrongEvents(mode, 'test/programs/without-lock')).toBeGreaterThan(0);
  });
});

describe.each([
  {
    open: 'STORE=json LOCK_MODE=file',
    first: { STORE: 'json', LOCK_MODE: 'file' },
    rejected: [
      { STORE: 'json', LOCK_MODE: 'kernel' },
      { STORE: 'json', LOCK_MODE: 'file', LOCK_STALE_MS: '2000' },
      { STORE: 'ledger' },
    ],
  },
  {
    open: 'STORE=ledger LOCK_MODE=off',
    first: { STORE: 'ledger', LOCK_MODE: 'off' },
    rejected: [{ STORE: 'json' }],
  },
])('on a folder that is open with $open', ({ first, rejected }) => {
  let folder: string;
  let server: TestServer;
  beforeAll(async () => {
    folder = newFolder(eventsOf(['a', 'b'], 3));
    server = await TestServer.start({ folder, env: { WORKERS: '1', ...first } });
  });
  afterAll(async () => {
    await server.dispose();
    removeFolder(folder);
  });

  test.each(rejected)('a second primary is rejected with %j', async (second) => {
    const env = { PORT: '0', DATA_DIR: folder, WORKERS: '1', ...second };
    const { code, stderr } = await run('src/main', { env });
    expect(code).toBe(2);
    expect(stderr).toContain(`is open with STORE=${first.STORE}`);
    expect((await server.buy({ eventId: 'b', customer: 'Ada' })).status).toBe(201);
  });

  if (first.STORE === 'ledger') {
    test('a second primary may have another lock mode', async () => {
      const env = { STORE: 'ledger', LOCK_MODE: 'kernel', WORKERS: '1' };
      const second = await TestServer.startForTest({ folder, env });
      const answers = await Promise.all([server, second].map(({ url }) => buyAtOnce(url, 'a', 5)));
      expect(judgeRace(3, 0, answers.flat())).toMatchObject({ ruling: 'holds', sold: 3 });
    });
  }
});
