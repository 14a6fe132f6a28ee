import { describe, expect, test } from 'vitest';
import { TestDatabase } from '../../support/database.js';
import { anEvent } from '../../support/folder.js';
import { run } from '../../support/processes.js';
import { TestServer } from '../../support/test-server.js';

const events = { a: anEvent(3) };
const env = { WORKERS: '1' };

describe('postgres driver', () => {
  test('prevents a reset, and a server with a conflicting lock mode, while a server is open', async () => {
    const database = await TestDatabase.forTest(events);
    const server = await TestServer.startForTest({ database, env });
    expect((await server.buy({ eventId: 'a', customer: 'Ada', quantity: 2 })).status).toBe(201);

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
    await Promise.all([server.stop(), other.stop()]);

    const unconfirmed = await run('src/cli/reset', { env: database.env });
    expect(unconfirmed).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^2 sold tickets in postgres:.* will be lost\. Continue\?/),
    });
    expect((await reset()).code).toBe(0);
    const verdict = await run('src/cli/verdict', { env: database.env });
    expect(verdict).toMatchObject({ code: 3, stdout: expect.stringContaining('nothing was sold') });
  });

  test('is judged from outside, and never prints the password of its address', async () => {
    const database = await TestDatabase.forTest(events);
    const url = new URL(database.address);
    url.password = 'hunter2'; // PostgreSQL ignores it here: it trusts every client
    const withPassword = { ...database.env, DATABASE_URL: url.href };
    const server = await TestServer.startForTest({ database, env: { ...env, ...withPassword } });
    await server.buy({ eventId: 'a', customer: 'Ada' });
    const { code, stdout } = await run('src/cli/verdict', { env: withPassword });
    expect(code).toBe(0);
    expect(stdout).toContain('1 sold of 3, 2 left');
    expect(stdout.split('\n')[0]).toMatch(/^postgres:\/\/\w+@[\w.:]+\/turnstile_test_\w+$/);
    expect(server.stdout).toMatch(/database +postgres:/);
    expect(server.stdout + server.stderr + stdout).not.toContain('hunter2');
  });

  test('finds no tickets in an unprepared database', async () => {
    const database = await TestDatabase.forTest(events);
    const { code, stderr } = await run('src/cli/verdict', { env: database.env });
    expect([code, stderr]).toEqual([2, expect.stringContaining('holds no tickets')]);
  });
});
