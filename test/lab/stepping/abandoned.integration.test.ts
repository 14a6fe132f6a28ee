import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { removeAbandonedFolders } from '../../../src/lab/sandbox-folder.js';
import { parseMoves } from '../../../src/lab/stepping/moves.js';
import { planStepped } from '../../../src/lab/stepping/plan-stepped.js';
import { SteppingProcess } from '../../../src/lab/stepping/stepping-process.js';
import type { SteppedStatus } from '../../../src/timeline/stepped-run.js';
import { built, PATIENCE_MS, start, until } from '../../support/processes.js';
import { emptyTemp } from '../../support/running-lab.js';
import { isRunning, kill } from '../../support/test-server.js';
import { processOf } from './play.js';

const REPLY_MS_MAX = 60_000;

/** After so long without a step a run ends. On a busy machine a step takes a while. */
const IDLE_MS = 5_000;

/** Steps that lead to each state in which a learner may go away. */
const states = {
  'held before the lock': '',
  'holding the lock': 'a a',
  'waiting for the lock': 'a b',
  'holding the lock and stopped, the other one waiting': 'a a stop a b',
  'both stopped': 'stop a stop b',
  'one killed': 'a kill a',
};

async function open(steps: string, idleMs?: number) {
  const request = { stepped: true, lockMode: 'file' } as const;
  const args = { id: 'test', request, ...(idleMs === undefined ? {} : { idleMs }) };
  const run = new SteppingProcess(args, planStepped(request));
  onTestFinished(async () => {
    run.stop();
    await run.exited;
  });
  await run.started(60_000);
  for (const move of parseMoves(steps)) {
    if (move.action === 'quit') break;
    const { pid } = processOf(run.status, move.name);
    const reply = await run.call({ verb: 'step', pid, action: move.action }, REPLY_MS_MAX);
    expect(reply.kind).toBe('status');
  }
  const pids = run.status.processes.map(({ pid }) => pid);
  const running = pids.filter(isRunning);
  return { run, pids, parent: parentOf(running[0] ?? 0) };
}

const parentOf = (pid: number): number =>
  Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

const foldersOf = (pid: number): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`turnstile-lab-${pid}-`));

async function expectNothingLeft(pids: readonly number[], parent: number): Promise<void> {
  await until('no process is left', () => ![...pids, parent].some(isRunning));
  await until('no folder is left', () => foldersOf(parent).length === 0);
}

describe.each(Object.entries(states))('a stepped run, %s, leaves nothing', (_state, steps) => {
  test('when it is ended', async () => {
    const { run, pids, parent } = await open(steps);
    expect(foldersOf(parent)).toHaveLength(1);
    await run.call({ verb: 'end' }, REPLY_MS_MAX);
    run.stop();
    await expectNothingLeft(pids, parent);
    expect(run.status.state).toBe('stopped');
  });

  test('when its own process is killed', async () => {
    const { run, pids, parent } = await open(steps);
    kill(parent);
    await run.exited;
    await expectNothingLeft(pids, parent);
    expect(run.status).toMatchObject({ state: 'failed' });
  });
});

test('a stepped run whose ticket file is damaged fails with the reason, and leaves nothing', async () => {
  const { run, pids, parent } = await open('a a');
  const [folder = ''] = foldersOf(parent);
  writeFileSync(join(tmpdir(), folder, 'tickets.json'), '{');
  await run.call({ verb: 'look' }, REPLY_MS_MAX);
  await run.exited;
  expect(run.status).toMatchObject({
    state: 'failed',
    failure: expect.stringContaining('tickets.json'),
  });
  await expectNothingLeft(pids, parent);
});

test('negative control: a stopped process stays if nothing kills the group of its dead run', async () => {
  const args = JSON.stringify({ id: 'test', request: { stepped: true } });
  const runner = spawn(process.execPath, [built('src/lab/stepping/runner'), args], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const [{ status }] = (await once(runner, 'message')) as [{ status: SteppedStatus }];
  const pids = status.processes.map(({ pid }) => pid);
  onTestFinished(async () => {
    for (const pid of pids) kill(pid);
    await removeAbandonedFolders();
  });
  const [stopped = 0, held = 0] = pids;
  kill(stopped, 'SIGSTOP');
  runner.kill('SIGKILL');
  await until('the held process has exited', () => !isRunning(held));
  expect(isRunning(stopped)).toBe(true);
  expect(foldersOf(runner.pid ?? 0)).toHaveLength(1);
});

test('a stepped run ends by itself when the learner makes no step for long', async () => {
  const { run, pids, parent } = await open('a b', IDLE_MS);
  await run.call({ verb: 'look' }, REPLY_MS_MAX);
  await run.exited;
  await expectNothingLeft(pids, parent);
  expect(run.status).toMatchObject({ state: 'stopped', lesson: expect.any(String) });
});

test('a step that a learner makes in time keeps a stepped run alive; a look does not', async () => {
  const { run, pids } = await open('', IDLE_MS);
  const until = performance.now() + IDLE_MS + 1_000;
  while (performance.now() < until) {
    await run.call({ verb: 'step', pid: pids[0] ?? 0, action: 'stop' }, REPLY_MS_MAX);
    await run.call({ verb: 'step', pid: pids[0] ?? 0, action: 'continue' }, REPLY_MS_MAX);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(run.status.state).toBe('running');
  const look = async () => run.call({ verb: 'look' }, REPLY_MS_MAX);
  await Promise.race([run.exited, looking(look)]);
  expect(run.status.state).toBe('stopped');
});

async function looking(look: () => Promise<unknown>): Promise<void> {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; ) {
    await look();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  'a level in a terminal leaves nothing after %s, also of stopped processes',
  async (signal) => {
    const env = emptyTemp();
    const level = start('src/cli/lab', { args: ['--level', '5'], env, input: 'open' });
    await until('it has started', () => /processes A/.test(level.stdout()));
    level.child.stdin?.write('a a stop a b\n');
    // On a busy machine the lease is stale before B asks for it.
    await until('B waits', () => /B (waits|acquired)/.test(level.stdout()));
    const pids = [...level.stdout().matchAll(/[AB] \((\d+)\)/g)].map(([, pid]) => Number(pid));
    expect(pids.map(isRunning)).toEqual([true, true]);
    level.child.kill(signal);
    await level.exited;
    await until('no process is left', () => !pids.some(isRunning));
    await until('no folder is left', () => readdirSync(env.TMPDIR).length === 0);
  },
);
