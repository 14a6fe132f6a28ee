import { afterEach, expect, test, vi } from 'vitest';
import type { SteppedStatus } from '../../src/timeline/stepped-run.js';
import { LevelPlayer, type Played } from '../../src/web/levels/level-player.js';
import { aProcess, aStatus, notHeld } from '../timeline/stepped-samples.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

type Answer = SteppedStatus | { problem: string; status: number };

/** A server that answers each request when the test says so, and the end of a run at once. */
function fakeServer() {
  const requests: { path: string; answer: (answer: Answer) => Promise<void> }[] = [];
  const answerTo = (resolve: (response: Response) => void) => async (answer: Answer) => {
    const isProblem = 'problem' in answer;
    const body = isProblem ? { type: `/problems/${answer.problem}`, title: 'no' } : answer;
    const headers = new Headers();
    const status = isProblem ? answer.status : 200;
    resolve({ ok: !isProblem, status, headers, json: async () => body } as Response);
    await vi.advanceTimersByTimeAsync(0);
  };
  vi.useFakeTimers();
  vi.stubGlobal('document', { hidden: false });
  vi.stubGlobal('fetch', (path: string, { method = 'GET' }: RequestInit) => {
    return new Promise<Response>((resolve) => {
      requests.push({ path: `${method} ${path}`, answer: answerTo(resolve) });
      if (method === 'DELETE') void answerTo(resolve)(aStatus({ state: 'stopped' }));
    });
  });
  const paths = () => requests.map(({ path }) => path);
  const answer = (index: number, with_: Answer) => requests[index]?.answer(with_);
  return { paths, answer };
}

async function started() {
  const server = fakeServer();
  const shown: Played[] = [];
  const player = new LevelPlayer({ level: 1 }, (played) => shown.push(played));
  void player.start();
  await vi.advanceTimersByTimeAsync(0);
  await server.answer(0, aStatus());
  return { ...server, player, now: () => shown.at(-1) };
}

const read = aStatus({
  processes: [aProcess('A', { next: 'decide', believes: '1 ticket left' }), aProcess('B')],
});

test('an older answer that arrives late changes nothing', async () => {
  const { paths, answer, player, now } = await started();
  await vi.advanceTimersByTimeAsync(2_000);
  void player.act('A', 'step');
  expect(paths()).toEqual(['POST /lab/runs', 'GET /lab/runs/run', 'POST /lab/runs/run/steps']);
  await answer(2, read);
  await answer(1, aStatus());
  expect(now()?.status?.processes[0]?.next).toBe('decide');
  expect(now()?.history).toHaveLength(1);
  player.close();
});

test('a step is ignored while another one is under way', async () => {
  const { paths, answer, player, now } = await started();
  void player.act('A', 'step');
  void player.act('B', 'step');
  expect(paths()).toHaveLength(2);
  expect(now()?.isStepping).toBe(true);
  await answer(1, read);
  expect(now()?.isStepping).toBe(false);
  player.close();
});

test('a step that takes longer than its answer is named once it is made', async () => {
  const { answer, player, now } = await started();
  void player.act('A', 'step');
  await answer(1, aStatus({ processes: [notHeld('A', 'running'), aProcess('B')] }));
  expect(now()?.history).toEqual([]);
  await vi.advanceTimersByTimeAsync(400);
  await answer(2, read);
  expect(now()?.history).toEqual([
    { subject: 'A', did: 'read: 1 ticket left', next: 'next: decide' },
  ]);
  player.close();
});

test('a run that is started late, after its level was left, is ended', async () => {
  const { paths, answer } = fakeServer();
  const player = new LevelPlayer({ level: 1 }, () => {});
  void player.start();
  await vi.advanceTimersByTimeAsync(0);
  player.close();
  await answer(0, aStatus());
  expect(paths()).toEqual(['POST /lab/runs', 'DELETE /lab/runs/run']);
});

test('a run starts only when the last one has ended', async () => {
  const { paths, player } = await started();
  void player.start();
  expect(paths()).toEqual(['POST /lab/runs', 'DELETE /lab/runs/run']);
  await vi.advanceTimersByTimeAsync(0);
  expect(paths().at(-1)).toBe('POST /lab/runs');
  player.close();
});

test('a busy lab is asked again for a bounded time, because the last run may be ending', async () => {
  const { paths, answer } = fakeServer();
  const shown: Played[] = [];
  const player = new LevelPlayer({ level: 1 }, (played) => shown.push(played));
  void player.start();
  for (let index = 0; index < 100 && shown.at(-1)?.gone === undefined; index++) {
    await vi.advanceTimersByTimeAsync(250);
    await answer(index, { problem: 'lab-busy', status: 503 });
  }
  expect(shown.at(-1)?.gone).toContain('Another experiment is running');
  expect(paths().length).toBeGreaterThan(5);
  expect(paths().length).toBeLessThan(20);
});

test.each([
  [{ problem: 'unknown-run', status: 404 }, 'The server no longer has this run.'],
  [aStatus({ state: 'stopped' }), 'no step was made for two minutes'],
  [aStatus({ state: 'failed', failure: 'the disk is full' }), 'The run failed: the disk is full.'],
])('a run that is gone says so (%#)', async (answered, words) => {
  const { paths, answer, now } = await started();
  await vi.advanceTimersByTimeAsync(2_000);
  await answer(1, answered);
  expect(now()?.gone).toContain(words);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(paths()).toHaveLength(2);
});

test('an error that may pass is shown until the next answer', async () => {
  const { answer, player, now } = await started();
  await vi.advanceTimersByTimeAsync(2_000);
  await answer(1, { problem: 'unavailable', status: 503 });
  expect(now()?.problem).toBe('no');
  await vi.advanceTimersByTimeAsync(2_000);
  await answer(2, aStatus());
  expect(now()?.problem).toBeUndefined();
  player.close();
});
