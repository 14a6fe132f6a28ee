import { describe, expect, test } from 'vitest';
import { TestDatabase } from '../../support/database.js';
import { anEvent } from '../../support/folder.js';
import { TestServer } from '../../support/office.js';
import { run } from '../../support/processes.js';

const events = { a: anEvent(3) };
const env = { WORKERS: '1' };

describe('an office that sells from a database', () => {
  test('is seen there: no reset, and no office whose lock mode would not keep it out', async () => {
    const database = await TestDatabase.forTest(events);
    const office = await TestServer.startForTest({ database, env });
    expect((await office.buy({ eventId: 'a', customer: 'Ada', quantity: 2 })).status).toBe(201);

    const reset = () => run('src/cli/reset', { args: ['--yes'], env: database.env });
    expect(await reset()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('stop it first'),
    });

    const start = (LOCK_MODE: string) =>
      run('src/main', { env: { ...database.env, ...env, PORT: '0', LOCK_MODE } });
    const { code, stderr } = await start('off');
    expect([code, stderr]).toEqual([2, expect.stringContaining('keeps batches apart')]);

    const other = await TestServer.startForTest({
      database,
      env: { ...env, LOCK_MODE: 'optimistic' },
    });
    expect((await other.buy({ eventId: 'a', customer: 'Bob', quantity: 2 })).status).toBe(409);
    await Promise.all([office.stop(), other.stop()]);

    const refused = await run('src/cli/reset', { env: database.env });
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^2 sold tickets in postgres:.* will be lost\. Go on\?/),
    });
    expect((await reset()).code).toBe(0);
    const verdict = await run('src/cli/verdict', { env: database.env });
    expect(verdict).toMatchObject({ code: 3, stdout: expect.stringContaining('nothing was sold') });
  });

  test('is judged from outside, and its address shown without its password', async () => {
    const database = await TestDatabase.forTest(events);
    const url = new URL(database.address);
    url.password = 'hunter2'; // which trust does not ask for
    const withPassword = { ...database.env, DATABASE_URL: url.href };
    const office = await TestServer.startForTest({ database, env: { ...env, ...withPassword } });
    await office.buy({ eventId: 'a', customer: 'Ada' });
    const { code, stdout } = await run('src/cli/verdict', { env: withPassword });
    expect(code).toBe(0);
    expect(stdout).toContain('1 sold of 3, 2 left');
    expect(stdout.split('\n')[0]).toMatch(/^postgres:\/\/\w+@[\w.:]+\/turnstile_test_\w+$/);
    expect(office.stdout).toMatch(/database +postgres:/);
    expect(office.stdout + office.stderr + stdout).not.toContain('hunter2');
  });

  test('a database that nobody sold from holds no tickets', async () => {
    const database = await TestDatabase.forTest(events);
    const { code, stderr } = await run('src/cli/verdict', { env: database.env });
    expect([code, stderr]).toEqual([2, expect.stringContaining('holds no tickets')]);
  });
});
