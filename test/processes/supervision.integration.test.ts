import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { anEvent, testFolder } from '../support/folder.js';
import { isRunning, kill, TestServer } from '../support/office.js';
import { run, start, until } from '../support/processes.js';
import { expectGivenUp } from '../torture/rows/abandoned-workers.js';

const events = { big: anEvent(1_000_000) };
const buy = { eventId: 'big', customer: 'Ada' };

describe('the primary', () => {
  test('replaces a worker that dies, and says so', async () => {
    const office = await TestServer.startForTest({ events, env: { WORKERS: '2' } });
    const [first] = await office.workers();
    kill(first?.pid ?? 0);
    const inItsPlace = async () =>
      (await office.workers().catch(() => [])).find(({ name }) => name === first?.name);
    await until('another one listens', async () => {
      const worker = await inItsPlace();
      return worker?.alive === true && worker.pid !== first?.pid;
    });
    const replaced = await inItsPlace();
    expect(replaced).toMatchObject({ restarts: 1, lastExit: { code: null, signal: 'SIGKILL' } });
    expect(replaced?.pid).not.toBe(first?.pid);
    expect(office.stderr).toContain(`${first?.name} ended (SIGKILL)`);
  });

  test('ends and replaces a worker that is stopped', async () => {
    const office = await TestServer.startForTest({
      events,
      env: {
        WORKERS: '2',
        LOCK_STALE_MS: '2000',
        LOCK_TIMEOUT_MS: '2100',
        HEARTBEAT_TIMEOUT_MS: '2200',
      },
    });
    const [stopped] = await office.workers();
    kill(stopped?.pid ?? 0, 'SIGSTOP');
    await until('the stopped worker is ended', () => !isRunning(stopped?.pid ?? 0), 5_000);
    await office.untilAllLive(stopped?.pid);
    expect((await office.buy(buy)).status).toBe(201);
  });

  test('is not fooled by having been stopped itself', async () => {
    const office = await TestServer.startForTest({
      events,
      env: {
        WORKERS: '1',
        LOCK_STALE_MS: '2000',
        LOCK_TIMEOUT_MS: '2100',
        HEARTBEAT_TIMEOUT_MS: '2200',
      },
    });
    const [worker] = await office.workers();
    office.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 3000));
    office.signal('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await office.workers()).toMatchObject([{ pid: worker?.pid, restarts: 0, alive: true }]);
  });

  test('gives up with exit 1 and a clear line when workers keep dying at start', async () => {
    await expectGivenUp(testFolder(events));
  });

  test('takes its workers along when it dies', async () => {
    const { pids, office } = await killPrimary('src/main');
    await until('the workers are gone', () => !pids.some(isRunning), 2_000);
    await expect(office.buy(buy)).rejects.toThrow();
  });

  test('(workers that do not care go on without it)', async () => {
    const { pids } = await killPrimary('test/programs/orphaning-office');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(pids.filter(isRunning)).toEqual(pids);
  });
});

async function killPrimary(program: string) {
  const office = await TestServer.startForTest({ program, events, env: { WORKERS: '2' } });
  const pids = (await office.workers()).map(({ pid }) => pid);
  office.signal('SIGKILL');
  await office.exited;
  return { office, pids };
}

describe('a start', () => {
  test('keeps what was sold before', async () => {
    const folder = testFolder(events);
    const first = await TestServer.startForTest({ folder });
    const sale = (await (await first.buy(buy)).json()) as { orderId: string; serials: number[] };
    expect((await first.stop()).code).toBe(0);

    const second = await TestServer.startForTest({ folder });
    expect(await second.remaining('big')).toBe(999_999);
    const order = await second.fetch(`/orders/${sale.orderId}`);
    expect(await order.json()).toMatchObject({ customer: 'Ada', serials: sale.serials });
    expect(await (await second.buy(buy)).json()).toMatchObject({ serials: [2], version: 2 });
    expect((await second.verdict()).verdict).toBe('holds');
  });

  test('makes the folder once when several offices start in it at once', async () => {
    const folder = testFolder();
    const nested = `${folder}/new/data`;
    const offices = await Promise.all(
      [1, 2, 3].map(() => TestServer.startForTest({ folder: nested, env: { WORKERS: '1' } })),
    );
    const sales = await Promise.all(
      offices.map(async (office) => (await office.buy({ ...buy, eventId: 'city-derby' })).json()),
    );
    const serials = (sales as { serials: number[] }[]).flatMap((sale) => sale.serials).sort();
    expect(serials).toEqual([1, 2, 3]);
  });

  test('on a port that is taken says so in one line, exit 2', async () => {
    const office = await TestServer.startForTest({ events, env: { WORKERS: '1' } });
    const env = { PORT: office.url.port, DATA_DIR: office.folder, LOG_LEVEL: 'silent' };
    const { code, stderr } = await run('src/main', { env });
    expect(code).toBe(2);
    expect(stderr).toBe(
      `PORT is "${office.url.port}": it takes a port that nobody else listens on\n`,
    );
  });

  test('prints where it listens, and with what', async () => {
    const office = await TestServer.startForTest({
      events,
      env: { WORKERS: '3', LOCK_MODE: 'kernel' },
    });
    expect(office.stdout).toContain(`open on ${office.url.origin}\n`);
    expect(office.stdout).toMatch(/store +json\n/);
    expect(office.stdout).toMatch(/lock mode +kernel/);
    expect(office.stdout).toMatch(/ticket file +\S+tickets\.json\n/);
    expect(office.stdout).toMatch(/workers +3\n/);
    expect(office.stderr).toBe('');
  });
});

describe('a folder that cannot be used', () => {
  test.each([
    ['no JSON', '{"version": 1', /^\S+tickets\.json is not a ticket file: .+\n$/],
    [
      'another shape',
      '{"version": 1, "events": {"a": {}}}',
      /^\S+ is not a ticket file: .*name.+\n$/,
    ],
    [
      'more left than there ever were',
      JSON.stringify({ version: 0, events: { a: anEvent(1, { remaining: 2 }) } }),
      /^\S+ is not a ticket file: a has 2 of 1 tickets left\n$/,
    ],
  ])('is refused with exit 2 and one line: %s', async (_, text, line) => {
    const folder = testFolder();
    writeFileSync(`${folder}/tickets.json`, text);
    const { code, stderr } = await run('src/main', { env: { PORT: '0', DATA_DIR: folder } });
    expect(code).toBe(2);
    expect(stderr).toMatch(line);
    expect(readFileSync(`${folder}/tickets.json`, 'utf8')).toBe(text); // nothing was lost
  });

  test('is refused where it is a file', async () => {
    const folder = testFolder(events);
    const env = { PORT: '0', DATA_DIR: `${folder}/tickets.json` };
    const { code, stderr } = await run('src/main', { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^\S+tickets\.json cannot be used: .+\n$/);
  });
});

describe('reset', () => {
  const reset = (folder: string, ...args: string[]) =>
    run('src/cli/reset', { args, env: { DATA_DIR: folder } });

  test('puts every ticket back on sale, once somebody says yes', async () => {
    const folder = testFolder({ big: anEvent(10) });
    const office = await TestServer.startForTest({ folder, env: { WORKERS: '1' } });
    await office.buy({ ...buy, quantity: 3 });
    await office.stop();

    const asked = await reset(folder);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('3 sold tickets');
    expect(office.state().events.big?.remaining).toBe(7);

    expect((await reset(folder, '--yes')).code).toBe(0);
    expect(office.state()).toEqual({ version: 0, events: { big: anEvent(10) } });
    expect((await office.verdict()).verdict).toBe('inconclusive');
  });

  test('is refused while an office has the folder open', async () => {
    const office = await TestServer.startForTest({ events, env: { WORKERS: '1' } });
    await office.buy(buy);
    const { code, stderr } = await reset(office.folder, '--yes');
    expect(code).toBe(2);
    expect(stderr).toContain('stop it first');
    expect(await office.remaining('big')).toBe(999_999);
  });

  test('is refused while a worker is left that outlived its primary', async () => {
    const office = await TestServer.startForTest({ events, env: { WORKERS: '1' } });
    const pid = (await office.workers())[0]?.pid ?? 0;
    kill(pid, 'SIGSTOP');
    office.signal('SIGKILL');
    await office.exited;
    expect((await reset(office.folder, '--yes')).code).toBe(2);
    kill(pid);
    await until('the worker is gone', () => !isRunning(pid));
    expect((await reset(office.folder, '--yes')).code).toBe(0);
  });

  test('keeps an office from starting while it asks', async () => {
    const folder = testFolder(events);
    const holder = start('test/programs/folder-holder', { args: [folder] });
    await until('the folder is held', () => holder.stdout().includes('held'));
    const { code, stderr } = await run('src/main', { env: { PORT: '0', DATA_DIR: folder } });
    holder.child.kill('SIGKILL');
    expect(code).toBe(2);
    expect(stderr).toContain('is being reset');
  });
});
