import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LabCatalogue } from '../../src/timeline/lab-catalogue.js';
import type { LabStatus } from '../../src/timeline/lab-status.js';
import { anEvent, testFolder } from '../support/folder.js';
import { until } from '../support/processes.js';
import { TestServer } from '../support/test-server.js';
import { ApiDocument } from './api-document.js';
import { send } from './send.js';
import { sharedServer } from './shared-server.js';

const server = sharedServer({ env: { WORKERS: '2' }, events: { gala: anEvent(10) } });

const start = (body: object, headers: Record<string, string> = {}, on = server()) =>
  on.fetch('/lab/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close', ...headers },
    body: JSON.stringify(body),
  });

/** Starts a run as soon as no other one is running; returns its path. */
async function startRun(body: object): Promise<string> {
  let answer: Response | undefined;
  await until('the lab is free', async () => {
    answer = await start(body);
    return answer.status !== 503;
  });
  expect(answer?.status).toBe(202);
  return answer?.headers.get('location') ?? '';
}

const getStatus = async (path: string): Promise<LabStatus> =>
  (await (await server().fetch(path, { headers: { connection: 'close' } })).json()) as LabStatus;

const untilEnded = (path: string) =>
  until('the experiment ends', async () => (await getStatus(path)).state !== 'running');

describe('/lab', () => {
  test('runs an experiment and answers with its progress and results, as documented', async () => {
    const files = ['tickets.json', 'receipts.jsonl'].map((name) => join(server().folder, name));
    const before = files.map((path) => readFileSync(path, 'utf8'));
    const path = await startRun({ rung: 1, buyers: 60, capacity: 30 });
    expect((await getStatus(path)).state).toBe('running');
    await untilEnded(path);

    const document = new ApiDocument(await (await server().fetch('/openapi.json')).text());
    const answer = await server().fetch(path);
    expect(await document.mismatches('GET /lab/runs/{id}', answer.clone())).toEqual([]);
    const { state, runs } = (await answer.json()) as LabStatus;
    expect(state).toBe('done');
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ rung: 1, verdict: { ruling: 'broken' } });
    expect(runs[0]?.lanes).toHaveLength(2);
    expect(runs[0]?.lostUpdate?.erased.read.remaining).toBeGreaterThan(0);
    expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(before);
  });

  test('runs one experiment at a time over all workers, and stops it on DELETE', async () => {
    const path = await startRun({ rung: 3, windowMs: 200 });
    for (let time = 0; time < 4; time++) {
      const other = await start({ rung: 1 }); // each over a new connection, to reach both workers
      expect([other.status, other.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await other.json()).toMatchObject({ type: '/problems/lab-busy' });
    }
    const stopped = await server().fetch(path, { method: 'DELETE' });
    expect(await stopped.json()).toMatchObject({ state: 'stopped', runs: [] });
    const next = await startRun({ rung: 3, buyers: 40, capacity: 20 });
    await untilEnded(next);
    expect((await getStatus(next)).runs[0]?.verdict.ruling).toBe('holds');
  });

  test('rejects values that contradict each other', async () => {
    const answer = await start({ rung: 1, store: 'json' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      detail: expect.stringContaining('a rung determines'),
    });
  });

  test('lists what cannot be run here and why, and rejects it', async () => {
    const answer = await server().fetch('/lab/scenarios');
    const document = new ApiDocument(await (await server().fetch('/openapi.json')).text());
    expect(await document.mismatches('GET /lab/scenarios', answer.clone())).toEqual([]);
    const { rungs, stores } = (await answer.json()) as LabCatalogue;
    const missing = { unavailable: 'DATABASE_URL is not set' };
    expect(rungs.filter(({ unavailable }) => unavailable)).toMatchObject([{ rung: 8, ...missing }]);
    expect(stores.filter(({ unavailable }) => unavailable)).toMatchObject([
      { store: 'postgres', lockModes: ['off', 'row', 'optimistic'], lockMode: 'row', ...missing },
    ]);
    const rejected = await start({ rung: 8 });
    expect(rejected.status).toBe(400);
    expect(await rejected.json()).toMatchObject({
      detail: 'rung 8: PostgreSQL cannot be run: DATABASE_URL is not set',
    });
  });
});

describe('a server', () => {
  test('has no lab with LAB=off, nor on a public address by default', async () => {
    const off = await TestServer.startForTest({ env: { LAB: 'off', WORKERS: '1' } });
    expect((await start({ rung: 1 }, {}, off)).status).toBe(404);
    const open = await TestServer.startForTest({ env: { HOST: '0.0.0.0', WORKERS: '1' } });
    expect((await start({ rung: 1 }, {}, open)).status).toBe(404);
    // Nor does it know its names: it says so, once.
    expect(open.stderr.match(/any Host is accepted/g)).toHaveLength(1);
    const { answer } = await send(new URL('/livez', open.url), {
      headers: { host: 'any.example' },
    });
    expect(answer.status).toBe(200);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'ends its experiment when it gets %s',
    async (signal) => {
      const TMPDIR = join(testFolder(), 'tmp');
      mkdirSync(TMPDIR);
      const one = await TestServer.startForTest({ env: { TMPDIR, WORKERS: '1' } });
      expect((await start({ rung: 3, windowMs: 200 }, {}, one)).status).toBe(202);
      const sandboxes = () => readdirSync(TMPDIR).length;
      await until('there is a sandbox', () => sandboxes() === 1);
      one.signal(signal);
      await one.exited;
      await until('the sandbox is removed', () => sandboxes() === 0);
    },
  );
});
