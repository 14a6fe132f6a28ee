import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anEvent, newFolder, removeFolder, testFolder } from '../support/folder.js';
import { run } from '../support/processes.js';
import { TestServer } from '../support/test-server.js';

describe('npm run race', () => {
  let server: TestServer;
  const events = { small: anEvent(3), hundred: anEvent(100), big: anEvent(5000) };
  beforeAll(async () => {
    server = await TestServer.start({ events, env: { WORKERS: '2' } });
  });
  afterAll(() => server.dispose());

  const race = (...args: string[]) =>
    run('src/cli/race', { args, env: { HOST: server.url.hostname, PORT: server.url.port } });

  test('uses the local server and the event with 100 tickets by default, and exits 0 when the race holds', async () => {
    const { code, stdout } = await race();
    expect(stdout).toContain('json store, lock mode file, 2 workers');
    expect(stdout).toMatch(/told "sold" +100\n/);
    expect(stdout).toContain('HOLDS: exactly 100 tickets were sold, each of them once.');
    expect(code).toBe(0);
    expect(await server.remaining('hundred')).toBe(0);
  });

  test('exits 3 when the race proved nothing', async () => {
    const { code, stdout } = await race('--event', 'big', '--buyers', '5');
    expect([code, stdout.includes('INCONCLUSIVE: no buyer was refused')]).toEqual([3, true]);
  });

  test('records a history that npm run verdict can judge', async () => {
    const folder = testFolder({ hundred: anEvent(100) });
    const ledger = await TestServer.startForTest({ folder, env: { STORE: 'ledger' } });
    await ledger.buy({ eventId: 'hundred', customer: 'Ada' }); // before the race, and not in it
    const history = `${testFolder()}/race.jsonl`;
    const args = ['--url', ledger.url.href, '--record', history];
    const { code, stderr } = await run('src/cli/race', { args });
    expect(code).toBe(0);
    const [, hint = ''] = /npm run verdict -- (.+)\n/.exec(stderr) ?? [];
    expect(hint).toBe(`--history ${history} --since 1`);
    const verdict = await run('src/cli/verdict', { args: [folder, ...hint.split(' ')] });
    expect(verdict.stdout).toContain('the ledger explains all 200 requests');
    expect(verdict.code).toBe(0);

    const falsified = readFileSync(history, 'utf8').replace('"serials":[7]', '"serials":[8]');
    writeFileSync(history, falsified);
    expect((await run('src/cli/verdict', { args: [folder, ...hint.split(' ')] })).code).toBe(1);
  });

  test('prints no command for a history that no ledger can judge', async () => {
    const history = `${testFolder()}/race.jsonl`;
    const { stderr } = await race('--event', 'big', '--buyers', '5', '--record', history);
    expect(stderr).toContain(`Recorded: ${history}, which cannot be judged`);
    expect(stderr).not.toContain('npm run verdict');
    expect(readFileSync(history, 'utf8').split('\n').length).toBeGreaterThan(5);
  });

  test('exits 1 when the race is broken', async () => {
    const open = await TestServer.startForTest({ events, env: { LOCK_MODE: 'off' } });
    const args = ['--url', open.url.href, '--event', 'hundred'];
    const { code, stdout } = await run('src/cli/race', { args });
    expect(code).toBe(1);
    expect(stdout).toMatch(/BROKEN: \d+ buyers were told "sold", and there were 100 tickets\.\n$/);
  });

  test.each([
    [['--buyers', '0'], '--buyers is "0": it takes a whole number from 1 to 5000'],
    [['--buyers', 'many'], '--buyers is "many": it takes a whole number from 1 to 5000'],
    [['--url', 'localhost:3000'], '--url is "localhost:3000": it takes http://host:port'],
    [['--event', 'none'], 'there is no event "none"'],
    [['--url', 'http://127.0.0.1:1'], 'no server answers at http://127.0.0.1:1'],
    [['--what'], "error: unknown option '--what'"],
  ])('exits 2 and prints why: %j', async (args, message) => {
    const { code, stderr } = await race(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  describe('of another verb', () => {
    const verbs = ['hold', 'confirm', 'cancel', 'admit', 'edit'];
    const capacities = { hold: 10, confirm: 40, cancel: 20, admit: 20, edit: 100 };
    const each = Object.entries(capacities).map(([id, capacity]) => [id, anEvent(capacity)]);
    const folder = newFolder(Object.fromEntries(each));
    let ledger: TestServer;
    beforeAll(async () => {
      const env = { STORE: 'ledger', WORKERS: '2', HOLD_SECONDS: '5' };
      ledger = await TestServer.start({ folder, env });
    });
    afterAll(async () => {
      await ledger.dispose();
      removeFolder(folder);
    });

    test.each(verbs)('%s is not broken on a ledger, and its history holds', async (verb) => {
      const history = `${testFolder()}/${verb}.jsonl`;
      const args = ['--url', ledger.url.href, '--event', verb, '--verb', verb, '--buyers', '30'];
      const { stdout, stderr } = await run('src/cli/race', {
        args: [...args, '--record', history],
      });
      // On a busy machine every confirmation may come too late, which proves nothing.
      expect(stdout).toMatch(verb === 'confirm' ? /^(HOLDS|INCONCLUSIVE): /m : /^HOLDS: /m);
      const [, hint = ''] = /npm run verdict -- (.+)\n/.exec(stderr) ?? [];
      const verdict = await run('src/cli/verdict', { args: [folder, ...hint.split(' ')] });
      expect(verdict.stdout).toContain('the ledger explains all');
      expect(verdict.code).toBe(0);
    });

    test('each breaks without a lock', async () => {
      // A window: on a busy machine a crowd comes apart, and the first write ends most of these races.
      const open = await TestServer.startForTest({
        events: Object.fromEntries(verbs.map((id) => [id, anEvent(100)])),
        env: { LOCK_MODE: 'off', WORKERS: '2', HOLD_SECONDS: '3', RACE_WINDOW_MS: '50' },
      });
      const broken: Readonly<Record<string, RegExp>> = {
        hold: /^BROKEN: \d+ buyers were told "held", and there were 100 tickets/m,
        confirm: /^BROKEN: \d+ tickets were sold more than once/m,
        cancel: /^BROKEN: .*; but \d+ of the changes were written over others/m,
        admit: /^BROKEN: \d+ doors let somebody in with 5 tickets/m,
        edit: /^BROKEN: /m,
      };
      for (const verb of verbs) {
        const args = ['--url', open.url.href, '--event', verb, '--verb', verb, '--buyers', '120'];
        const { code, stdout } = await run('src/cli/race', { args });
        expect(stdout).toMatch(broken[verb] ?? /^$/);
        expect([verb, code]).toEqual([verb, 1]);
      }
    });

    test('exits 2 for a verb that it does not know, and for holds that last too long', async () => {
      const unknown = await race('--verb', 'steal');
      expect([unknown.code, unknown.stderr.includes('Allowed choices are buy, hold')]).toEqual([
        2,
        true,
      ]);
      const long = await race('--event', 'big', '--buyers', '4', '--verb', 'confirm');
      expect([long.code, long.stderr.includes('start it with HOLD_SECONDS=5')]).toEqual([2, true]);
    });
  });

  test('prints help', async () => {
    const { code, stdout } = await race('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--buyers');
  });
});
