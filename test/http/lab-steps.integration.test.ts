import { readdirSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LabCatalogue } from '../../src/timeline/lab-catalogue.js';
import type { SteppedStatus } from '../../src/timeline/stepped-run.js';
import { anEvent } from '../support/folder.js';
import { until } from '../support/processes.js';
import { emptyTemp } from '../support/running-lab.js';
import { isRunning, TestServer } from '../support/test-server.js';
import { ApiDocument } from './api-document.js';
import { sharedServer } from './shared-server.js';

const server = sharedServer({ env: { WORKERS: '2' }, events: { gala: anEvent(10) } });

// Each request over a new connection, to reach both workers.
const send = (method: string, path: string, body?: object) =>
  server().fetch(path, {
    method,
    headers: { connection: 'close', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });

const statusAt = async (path: string) => (await (await send('GET', path)).json()) as SteppedStatus;

/** Starts a stepped run as soon as no other one is running, and waits until its processes are held. */
async function begin(request: object): Promise<{ path: string; status: SteppedStatus }> {
  let answer: Response | undefined;
  await until('the lab is free', async () => {
    answer = await send('POST', '/lab/runs', request);
    return answer.status !== 503;
  });
  expect(answer?.status).toBe(202);
  const path = answer?.headers.get('location') ?? '';
  onTestFinished(async () => {
    await send('DELETE', path);
  });
  await until('it has started', async () => (await statusAt(path)).state !== 'starting', 60_000);
  return { path, status: await statusAt(path) };
}

const step = (path: string, pid: number | undefined, action?: string) =>
  send('POST', `${path}/steps`, { pid, ...(action === undefined ? {} : { action }) });

/** What a step answers or, if it takes longer than its answer on a busy machine, the status after it. */
async function stepped(path: string, pid: number | undefined, answer: Response) {
  let status = (await answer.json()) as SteppedStatus;
  await until('the step is done', async () => {
    const isDone = status.processes.find((each) => each.pid === pid)?.state !== 'running';
    if (!isDone) status = await statusAt(path);
    return isDone;
  });
  return status;
}

describe('a stepped run', () => {
  test('holds two processes, and sells the last ticket twice, step by step, as documented', async () => {
    const document = new ApiDocument(await (await server().fetch('/openapi.json')).text());
    const { path, status } = await begin({ level: 1 });
    expect(status).toMatchObject({
      state: 'running',
      level: 1,
      processes: [
        { name: 'A', state: 'held', next: 'read', holds: [] },
        { name: 'B', state: 'held', next: 'read', holds: [] },
      ],
      file: { name: 'tickets.json', remaining: 1 },
      toldSold: 0,
      goal: { text: 'Sell the last ticket twice.', reached: false },
    });
    expect(JSON.parse(status.file?.text ?? '').events.gala.remaining).toBe(1);
    const pids = status.processes.map(({ pid }) => pid);
    expect(pids.map(isRunning)).toEqual([true, true]);

    const nexts: (string | undefined)[] = [];
    let last: SteppedStatus | undefined;
    for (let round = 0; round < 4; round++) {
      for (const pid of pids) {
        const answer = await step(path, pid);
        expect(await document.mismatches('POST /lab/runs/{id}/steps', answer.clone())).toEqual([]);
        last = await stepped(path, pid, answer);
        nexts.push(last.processes.find((each) => each.pid === pid)?.next);
      }
    }
    expect(nexts.filter((_, index) => index % 2 === 0)).toEqual([
      'decide',
      'write',
      'tell',
      undefined,
    ]);
    expect(last).toMatchObject({
      state: 'done',
      toldSold: 2,
      goal: { reached: true },
      verdict: { ruling: 'broken', because: '2 tickets were sold, and there was 1' },
      lesson: expect.stringContaining('what is missing is a lock'),
    });
    await until('the processes have exited', () => !pids.some(isRunning));
    expect(await statusAt(path)).toEqual(last);
    const looked = await send('GET', path);
    expect(await document.mismatches('GET /lab/runs/{id}', looked)).toEqual([]);
  });

  test('answers that a process waits for the lock, and 409 to a step that it cannot make', async () => {
    const { path, status } = await begin({ store: 'json', lockMode: 'kernel', stepped: true });
    const [a, b] = status.processes.map(({ pid }) => pid);
    await stepped(path, a, await step(path, a));
    const waits = await stepped(path, b, await step(path, b));
    expect(waits.processes).toMatchObject([
      { state: 'held', next: 'read', holds: ['the lock'] },
      { state: 'waiting', waitingFor: 'the lock', holds: [] },
    ]);
    const rejected = await step(path, b);
    expect(rejected.status).toBe(409);
    expect(await rejected.json()).toMatchObject({
      type: '/problems/step-impossible',
      detail: 'B waits for the lock',
    });
    await step(path, a, 'kill');
    await until(
      'B has the lock',
      async () => (await statusAt(path)).processes[1]?.state === 'held',
    );
    expect((await statusAt(path)).processes).toMatchObject([
      { state: 'killed', holds: [] },
      { state: 'held', next: 'read', holds: ['the lock'] },
    ]);
  });

  test('is one at a time with other experiments, and ends on DELETE with its lesson', async () => {
    const { path, status } = await begin({ level: 5 });
    const [a] = status.processes.map(({ pid }) => pid);
    await step(path, a, 'stop');
    for (const request of [{ level: 1 }, { rung: 1 }]) {
      const other = await send('POST', '/lab/runs', request);
      expect(other.status).toBe(503);
      expect(await other.json()).toMatchObject({ type: '/problems/lab-busy' });
    }
    const ended = (await (await send('DELETE', path)).json()) as SteppedStatus;
    expect(ended).toMatchObject({
      state: 'stopped',
      goal: { reached: false },
      lesson: expect.stringContaining('A lease expires'),
      solution: expect.stringContaining('stop a'),
    });
    await until('no process is left', () => !status.processes.some(({ pid }) => isRunning(pid)));
    const late = await step(path, a);
    expect([late.status, await late.json()]).toMatchObject([409, { detail: 'The run has ended' }]);
  });

  test.each([
    [{ level: 13 }, undefined],
    [{ level: 8, variant: 'other' }, undefined],
    [{ level: 1, variant: 'twice' }, 'variant is "twice": level 1 has none'],
    [{ variant: 'twice' }, 'a variant is of a level: give its level, too'],
    [{ level: 1, store: 'json' }, 'a level determines its store: give only one of them'],
    [{ stepped: true, store: 'postgres' }, 'store is "postgres": a stepped run takes json, ledger'],
    [
      { stepped: true, workers: 3 },
      'a stepped run takes no workers: it takes store, lockMode, capacity',
    ],
    [
      { stepped: true, capacity: 101 },
      'capacity is 101: a stepped run takes a whole number from 1 to 100',
    ],
    [
      { stepped: true, lockMode: 'row' },
      'mode is "row": with the json store it takes off, mutex, file, kernel',
    ],
  ])('rejects %j with 400 and the reason', async (request, detail) => {
    const answer = await send('POST', '/lab/runs', request);
    expect(answer.status).toBe(400);
    if (detail !== undefined) expect(await answer.json()).toMatchObject({ detail });
  });

  test('rejects steps of unknown runs, unknown processes and unknown actions', async () => {
    expect((await step('/lab/runs/none', 1)).status).toBe(404);
    const { path, status } = await begin({ level: 2 });
    const [{ pid } = { pid: 0 }] = status.processes;
    const stranger = await step(path, process.pid, 'step');
    expect(stranger.status).toBe(400);
    expect(await stranger.json()).toMatchObject({
      detail: expect.stringContaining(`pid is ${process.pid}: it takes ${pid} or`),
    });
    expect((await step(path, pid, 'explode')).status).toBe(400);
    expect((await step(path, undefined)).status).toBe(400);
  });

  test('is listed with its levels', async () => {
    const { levels } = (await (await send('GET', '/lab/scenarios')).json()) as LabCatalogue;
    expect(levels.map(({ level }) => level)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 9, 10, 11, 12]);
  });
});

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'a server ends its stepped run, also stopped processes, when it gets %s',
  async (signal) => {
    const env = { ...emptyTemp(), WORKERS: '1' };
    const one = await TestServer.startForTest({ env });
    const post = (path: string, body: object) =>
      one.fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const path = (await post('/lab/runs', { level: 5 })).headers.get('location') ?? '';
    const look = async () => (await (await one.fetch(path)).json()) as SteppedStatus;
    await until('it has started', async () => (await look()).state === 'running');
    const pids = (await look()).processes.map(({ pid }) => pid);
    await post(`${path}/steps`, { pid: pids[0], action: 'stop' });
    expect(pids.map(isRunning)).toEqual([true, true]);
    one.signal(signal);
    await one.exited;
    await until('no process is left', () => !pids.some(isRunning));
    await until('no folder is left', () => readdirSync(env.TMPDIR).length === 0);
  },
);
