import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../src/client/buyers.js';
import { judgeRace } from '../../src/client/race-result.js';
import { anEvent, testFolder } from '../support/folder.js';
import { TestServer } from '../support/office.js';
import { run } from '../support/processes.js';

const sold = (...serials: number[]): Answer => ({ kind: 'sold', serials, worker: 1 });
const refused: Answer = { kind: 'refused' };
const unknown: Answer = { kind: 'unknown', why: '503' };

describe('a race', () => {
  test.each([
    ['holds', 2, 0, [sold(1), sold(2), refused]],
    ['broken', 2, 0, [sold(1), sold(2), sold(3)]], // more than there were
    ['broken', 2, 0, [sold(1), sold(1), refused]], // one ticket, two holders
    ['broken', 2, 1, [sold(1), sold(2), refused]], // the file says that one is left
    ['broken', 2, 1, [sold(1), refused, refused]], // refused although one was left
    ['broken', 2, 0, [sold(1), sold(1), unknown]], // what is wrong stays wrong
    ['inconclusive', 2, 0, [sold(1), sold(2)]], // nobody was refused
    ['inconclusive', 2, 0, [sold(1), sold(2), unknown]],
    ['inconclusive', 3, 0, [sold(1), sold(2), refused]], // somebody else bought the third
    ['inconclusive', 0, 0, [refused, refused]],
  ] as const)('%s: %i before, %i after, %j', (ruling, before, after, answers) => {
    expect(judgeRace(before, after, answers).ruling).toBe(ruling);
  });
});

describe('npm run race', () => {
  let office: TestServer;
  const events = { small: anEvent(3), hundred: anEvent(100), big: anEvent(5000) };
  beforeAll(async () => {
    office = await TestServer.start({ events, env: { WORKERS: '2' } });
  });
  afterAll(() => office.dispose());

  const race = (...args: string[]) =>
    run('src/cli/race', { args, env: { HOST: office.url.hostname, PORT: office.url.port } });

  test('takes the local office and the event with 100 tickets, and exits 0 when it was exact', async () => {
    const { code, stdout } = await race();
    expect(stdout).toContain('json store, lock mode file, 2 workers');
    expect(stdout).toMatch(/told "sold" +100\n/);
    expect(stdout).toContain('HOLDS: exactly 100 tickets were sold, each of them once.');
    expect(code).toBe(0);
    expect(await office.remaining('hundred')).toBe(0);
  });

  test('exits 3 when it proved nothing', async () => {
    const { code, stdout } = await race('--event', 'big', '--buyers', '5');
    expect([code, stdout.includes('INCONCLUSIVE: nobody was refused')]).toEqual([3, true]);
  });

  test('writes down what it asked and was answered, and a verdict judges it', async () => {
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
    expect(verdict.stdout).toContain('200 answers, and the ledger explains each of them');
    expect(verdict.code).toBe(0);

    const lie = readFileSync(history, 'utf8').replace('"serials":[7]', '"serials":[8]');
    writeFileSync(history, lie);
    expect((await run('src/cli/verdict', { args: [folder, ...hint.split(' ')] })).code).toBe(1);
  });

  test('exits 1 when it was wrong', async () => {
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
    [['--url', 'http://127.0.0.1:1'], 'no office answers at http://127.0.0.1:1'],
    [['--what'], "error: unknown option '--what'"],
  ])('exits 2 and says why: %j', async (args, message) => {
    const { code, stderr } = await race(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('explains itself', async () => {
    const { code, stdout } = await race('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--buyers');
  });
});
