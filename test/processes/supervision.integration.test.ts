import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anEvent, testFolder } from '../support/folder.js';
import { run, start, until } from '../support/processes.js';
import { isRunning, kill, TestServer } from '../support/test-server.js';
import { expectGivenUp } from '../torture/faults/abandoned-workers.js';

const events = { big: anEvent(1_000_000) };
const buy = { eventId: 'big', customer: 'Ada' };

const reset = (folder: string, ...args: string[]) =>
  run('src/cli/reset', { args, env: { DATA_DIR: folder } });

/** Short, but a worker on a busy machine is not silent for that long. */
const HEARTBEAT_TIMEOUT_MS = 4_000;
const impatient = {
  LOCK_STALE_MS: '2000',
  LOCK_TIMEOUT_MS: '3000',
  HEARTBEAT_TIMEOUT_MS: String(HEARTBEAT_TIMEOUT_MS),
};

function sharedServer(env: NodeJS.ProcessEnv): () => TestServer {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ events, env: { WORKERS: '2', ...env } });
  });
  afterAll(() => server.dispose());
  return () => server;
}

// One server for these tests, which depend on their order: the last one kills it.
describe('a primary and its workers', () => {
  const server = sharedServer({ LOCK_MODE: 'kernel' });

  test('print the address and the settings', () => {
    const { stdout, stderr, url } = server();
    expect(stdout).toContain(`open on ${url.origin}\n`);
    expect(stdout).toMatch(/store +json\n/);
    expect(stdout).toMatch(/lock mode +kernel/);
    expect(stdout).toMatch(/ticket file +\S+tickets\.json\n/);
    expect(stdout).toMatch(/workers +2\n/);
    expect(stderr).toBe('');
  });

  test('a second server on the same port exits with code 2 and one line', async () => {
    const { port } = server().url;
    const { folder } = server();
    const env = { PORT: port, DATA_DIR: folder, LOCK_MODE: 'kernel', LOG_LEVEL: 'silent' };
    const { code, stderr } = await run('src/main', { env });
    expect(code).toBe(2);
    expect(stderr).toBe(`PORT is "${port}": it takes a port that is not in use\n`);
  });

  test('reset is rejected while they have the folder open', async () => {
    await server().buy(buy);
    const { code, stderr } = await reset(server().folder, '--yes');
    expect(code).toBe(2);
    expect(stderr).toContain('stop it first');
    expect(await server().remaining('big')).toBe(999_999);
  });

  test('the primary replaces a worker that dies, and logs it', async () => {
    const [first] = await server().workers();
    kill(first?.pid ?? 0);
    const findReplacement = async () =>
      (
        await server()
          .workers()
          .catch(() => [])
      ).find(({ name }) => name === first?.name);
    await until('the replacement listens', async () => {
      const worker = await findReplacement();
      return worker?.alive === true && worker.pid !== first?.pid;
    });
    const replacement = await findReplacement();
    expect(replacement).toMatchObject({ restarts: 1, lastExit: { code: null, signal: 'SIGKILL' } });
    expect(replacement?.pid).not.toBe(first?.pid);
    expect(server().stderr).toContain(`${first?.name} exited (SIGKILL)`);
  });

  test('the workers exit when the primary dies', async () => {
    const pids = await killPrimary(server());
    await until('the workers have exited', () => !pids.some(isRunning));
    await expect(server().buy(buy)).rejects.toThrow();
  });
});

test('negative control: workers that ignore the disconnect outlive their primary', async () => {
  const program = 'test/programs/workers-outlive-primary';
  const pids = await killPrimary(
    await TestServer.startForTest({ program, events, env: { WORKERS: '2' } }),
  );
  await sleep(1000);
  expect(pids.filter(isRunning)).toEqual(pids);
});

async function killPrimary(server: TestServer): Promise<number[]> {
  const pids = (await server.workers()).map(({ pid }) => pid);
  server.signal('SIGKILL');
  await server.exited;
  return pids;
}

describe('heartbeats', () => {
  const server = sharedServer(impatient);

  test('a primary that was stopped itself does not replace its workers', async () => {
    const before = (await server().workers()).map(({ pid }) => pid);
    server().signal('SIGSTOP');
    await sleep(HEARTBEAT_TIMEOUT_MS + 800);
    server().signal('SIGCONT');
    await sleep(1500);
    expect(await server().workers()).toMatchObject(
      before.map((pid) => ({ pid, restarts: 0, alive: true })),
    );
  });

  test('the primary kills and replaces a stopped worker', async () => {
    const [stopped] = await server().workers();
    kill(stopped?.pid ?? 0, 'SIGSTOP');
    await until('the stopped worker is killed', () => !isRunning(stopped?.pid ?? 0));
    await server().untilAllLive(stopped?.pid);
    expect((await server().buy(buy)).status).toBe(201);
  });
});

describe('a start', () => {
  test('exits with code 1 and a clear line if workers keep dying at start', async () => {
    await expectGivenUp(testFolder(events));
  });

  test('keeps the sales of an earlier run', async () => {
    const folder = testFolder(events);
    const env = { WORKERS: '1' };
    const first = await TestServer.startForTest({ folder, env });
    const sale = (await (await first.buy(buy)).json()) as { orderId: string; serials: number[] };
    expect((await first.stop()).code).toBe(0);

    const second = await TestServer.startForTest({ folder, env });
    expect(await second.remaining('big')).toBe(999_999);
    const order = await second.fetch(`/orders/${sale.orderId}`);
    expect(await order.json()).toMatchObject({ customer: 'Ada', serials: sale.serials });
    expect(await (await second.buy(buy)).json()).toMatchObject({ serials: [2], version: 2 });
    expect((await second.verdict()).verdict).toBe('holds');
  });

  test('creates the folder once if several servers start in it at once', async () => {
    const folder = testFolder();
    const nested = `${folder}/new/data`;
    const servers = await Promise.all(
      [1, 2, 3].map(() => TestServer.startForTest({ folder: nested, env: { WORKERS: '1' } })),
    );
    const sales = await Promise.all(
      servers.map(async (server) => (await server.buy({ ...buy, eventId: 'city-derby' })).json()),
    );
    const serials = (sales as { serials: number[] }[]).flatMap((sale) => sale.serials).sort();
    expect(serials).toEqual([1, 2, 3]);
  });
});

describe('DATA_DIR', () => {
  test.each([
    ['no JSON', '{"version": 1', /^\S+tickets\.json is not a ticket file: .+\n$/],
    [
      'another shape',
      '{"version": 1, "events": {"a": {}}}',
      /^\S+ is not a ticket file: .*name.+\n$/,
    ],
    [
      'more remaining than the capacity',
      JSON.stringify({ version: 0, events: { a: anEvent(1, { remaining: 2 }) } }),
      /^\S+ is not a ticket file: line 1, events\.a\.remaining: it has 2 of 1 tickets left\n$/,
    ],
  ])(
    'with a broken ticket file is rejected with exit code 2 and one line: %s',
    async (_, text, line) => {
      const folder = testFolder();
      writeFileSync(`${folder}/tickets.json`, text);
      const { code, stderr } = await run('src/main', { env: { PORT: '0', DATA_DIR: folder } });
      expect(code).toBe(2);
      expect(stderr).toMatch(line);
      expect(readFileSync(`${folder}/tickets.json`, 'utf8')).toBe(text); // it is not overwritten
    },
  );

  test('that is a file is rejected', async () => {
    const folder = testFolder(events);
    const env = { PORT: '0', DATA_DIR: `${folder}/tickets.json` };
    const { code, stderr } = await run('src/main', { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^\S+tickets\.json cannot be used: .+\n$/);
  });
});

describe('reset', () => {
  test('puts every ticket back on sale, after confirmation', async () => {
    const folder = testFolder({ big: anEvent(10) });
    const server = await TestServer.startForTest({ folder, env: { WORKERS: '1' } });
    await server.buy({ ...buy, quantity: 3 });
    await server.stop();

    const unconfirmed = await reset(folder);
    expect(unconfirmed.code).toBe(2);
    expect(unconfirmed.stderr).toContain('3 sold tickets');
    expect(server.state().events.big?.remaining).toBe(7);

    expect((await reset(folder, '--yes')).code).toBe(0);
    expect(server.state()).toEqual({ version: 0, events: { big: anEvent(10) } });
    expect((await server.verdict()).verdict).toBe('inconclusive');
  });

  test('is rejected while a worker outlives its primary', async () => {
    const server = await TestServer.startForTest({ events, env: { WORKERS: '1' } });
    const pid = (await server.workers())[0]?.pid ?? 0;
    kill(pid, 'SIGSTOP');
    server.signal('SIGKILL');
    await server.exited;
    expect((await reset(server.folder, '--yes')).code).toBe(2);
    kill(pid);
    await until('the worker has exited', () => !isRunning(pid));
    expect((await reset(server.folder, '--yes')).code).toBe(0);
  });

  test('keeps a server from starting while it waits for confirmation', async () => {
    const folder = testFolder(events);
    const holder = start('test/programs/folder-lock-holder', { args: [folder] });
    await until('the folder lock is held', () => holder.stdout().includes('held'));
    const { code, stderr } = await run('src/main', { env: { PORT: '0', DATA_DIR: folder } });
    holder.child.kill('SIGKILL');
    expect(code).toBe(2);
    expect(stderr).toContain('is being reset');
  });
});
