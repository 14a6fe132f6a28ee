import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anEvent, newFolder, removeFolder } from '../support/folder.js';
import { until } from '../support/processes.js';
import { kill, TestServer } from '../support/test-server.js';

const buy = { eventId: 'big', customer: 'Ada' };
const forwarded = { 'x-forwarded-for': '203.0.113.7', connection: 'close' };

// One server for all tests. Each leaves it as it was.
describe('a server whose folder changes while it runs', () => {
  let folder: string;
  let server: TestServer;
  beforeAll(async () => {
    folder = newFolder({ big: anEvent(1_000_000) });
    // A stopped worker is shown as silent, and not replaced.
    const env = { LOCK_MODE: 'file', WORKERS: '2', HEARTBEAT_TIMEOUT_MS: '120000' };
    server = await TestServer.start({ folder, env });
  });
  afterAll(async () => {
    await server.dispose();
    removeFolder(folder);
  });

  const readyz = async () => {
    const answer = await server.fetch('/readyz', { headers: { connection: 'close' } });
    return { status: answer.status, text: await answer.text() };
  };
  const untilReadyIs = (status: number) =>
    until(`/readyz answers ${status}`, async () => (await readyz()).status === status);
  const untilSold = () => until('it sells', async () => (await server.buy(buy)).status === 201);

  /** Kills a worker. @returns its name */
  async function killWorker(): Promise<string> {
    const [worker] = await server.workers();
    kill(worker?.pid ?? 0);
    return worker?.name ?? '';
  }

  test('is not ready while something is in the way of the lock, also without a buy', async () => {
    const lease = join(folder, 'tickets.json.lock');
    await untilSold();
    await until('no batch holds the lock', () => {
      try {
        mkdirSync(join(lease, 'x'), { recursive: true });
        return true;
      } catch {
        return false;
      }
    });
    await untilReadyIs(503);
    expect((await readyz()).text).toContain('The path of the lock is a folder with files in it');

    // The place of a worker that dies meanwhile is taken once the obstacle is gone.
    const name = await killWorker();
    await until('it cannot start', () => server.stderr.includes(`${name} cannot start: `));
    await untilReadyIs(503);
    rmSync(lease, { recursive: true });
    await untilReadyIs(200);
    await untilSold();
    await server.untilAllLive();
  });

  test('keeps its admin token when the file is removed, in every worker', async () => {
    const path = join(folder, 'admin.token');
    const token = readFileSync(path, 'utf8').trim();
    rmSync(path);
    const before = (await server.workers()).map(({ pid }) => pid);
    await killWorker();
    await server.untilAllLive(before[0]);
    const headers = { ...forwarded, authorization: `Bearer ${token}` };
    for (let request = 0; request < 6; request++) {
      expect((await server.fetch('/metrics', { headers })).status).toBe(200);
    }
    expect((await server.fetch('/metrics', { headers: forwarded })).status).toBe(401);
  });

  test('makes no new folder when it is moved away, and sells when it is back', async () => {
    const moved = `${folder}.moved`;
    renameSync(folder, moved);
    await untilReadyIs(503);
    expect((await server.buy(buy)).status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 1_200)); // longer than a look at the lock file
    renameSync(moved, folder); // fails if there is a folder again
    await untilReadyIs(200);
    await untilSold();
    expect((await server.verdict()).verdict).toBe('holds');
  });

  test('shows a stopped worker as silent, and as alive again', async () => {
    const [stopped] = await server.workers();
    const stateOf = async () => {
      const answer = await server
        .fetch('/workers', {
          headers: { connection: 'close' },
          signal: AbortSignal.timeout(2_000), // the stopped worker may have got the connection
        })
        .catch(() => undefined);
      const { workers = [] } = ((await answer?.json()) ?? {}) as { workers?: typeof all };
      return workers.find(({ pid }) => pid === stopped?.pid)?.state;
    };
    const all = await server.workers();
    kill(stopped?.pid ?? 0, 'SIGSTOP');
    await until('it is silent', async () => (await stateOf()) === 'silent');
    kill(stopped?.pid ?? 0, 'SIGCONT');
    await until('it is alive', async () => (await stateOf()) === 'alive');
  });
});
