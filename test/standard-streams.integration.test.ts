import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { resolvePort } from '../src/cluster/listen-address.js';
import { readSettings } from '../src/settings.js';
import { anEvent, testFolder } from './support/folder.js';
import { built, PATIENCE_MS, start, until } from './support/processes.js';
import { kill } from './support/test-server.js';

const events = { big: anEvent(1_000_000) };

/** The exit code, or the name of the signal; `undefined` if the process runs for longer. */
async function exitWithin(
  child: ChildProcess,
  ms = PATIENCE_MS,
): Promise<number | string | undefined> {
  if (child.exitCode === null && child.signalCode === null) {
    await Promise.race([once(child, 'exit'), sleep(ms)]);
  }
  return child.exitCode ?? child.signalCode ?? undefined;
}

/** A server whose output is a pipe that this test does not read. */
async function startUnread(program = 'src/main', env: NodeJS.ProcessEnv = {}) {
  const folder = testFolder(events);
  const port = await resolvePort(readSettings({ PORT: '0' }));
  const child = spawn(process.execPath, [built(program)], {
    env: { PATH: process.env.PATH, PORT: String(port), DATA_DIR: folder, WORKERS: '2', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const fetchFrom = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      ...init,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  const send = async (path: string, init?: RequestInit) => (await fetchFrom(path, init)).status;
  const answers = () =>
    send('/livez').then(
      () => true,
      () => false,
    );
  await until('it answers', answers);
  return { child, folder, fetchFrom, send };
}

describe('a server whose log is not read', () => {
  test('answers while every request fails, and closes', async () => {
    const { child, folder, send } = await startUnread('src/main', { LOG_LEVEL: 'trace' });
    writeFileSync(join(folder, 'tickets.json'), '{"version": 1');
    for (let round = 0; round < 50; round++) {
      const searches = Array.from({ length: 16 }, () => send('/search'));
      expect(new Set(await Promise.all(searches))).toEqual(new Set([503]));
    }
    expect(await send('/livez')).toBe(200);
    child.kill('SIGTERM');
    expect(await exitWithin(child)).toBe(0);
  });

  const flood = (...args: string[]) => {
    const child = spawn(process.execPath, [built('test/programs/flood-stderr'), ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let stdout = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    return { child, stdout: () => stdout };
  };

  test('drops lines, and logs how many when it is read again', async () => {
    const { child, stdout } = flood();
    await until('all is logged', () => stdout().includes('done'));
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const lastLine = () => stderr.split('\n').at(-2) ?? '';
    await until('the dropped lines are reported', () => lastLine().includes('were dropped'));
    const logged = stderr.split('\n').filter((line) => line.includes('xxx')).length;
    expect(logged + JSON.parse(lastLine()).dropped).toBe(4_000);
    expect(logged).toBeGreaterThan(500);
    child.stdin.end();
    expect(await exitWithin(child)).toBe(0);
  });

  test('negative control: a log that waits for its reader stops the process', async () => {
    const { child, stdout } = flood('blocking');
    expect(await exitWithin(child, 3_000)).toBeUndefined();
    expect(stdout()).toBe('');
  });
});

describe('a server whose log reader exits', () => {
  /** No buy waits for another one, and all are under way for as long. */
  const together = { LOCK_MODE: 'off', RACE_WINDOW_MS: '3000' };

  const stopWithoutReader = async (program?: string) => {
    const { child, fetchFrom, send } = await startUnread(program, together);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ eventId: 'big', customer: 'Ada' });
    const buys = Array.from({ length: 6 }, () =>
      send('/buy', { method: 'POST', headers, body }).catch(() => 'no answer'),
    );
    await until('the buys are accepted', async () => {
      const metrics = await (await fetchFrom('/metrics')).text();
      return /^turnstile_buys_waiting 6$/m.test(metrics);
    });
    child.stdout.destroy();
    child.stderr.destroy();
    child.kill('SIGINT');
    return { code: await exitWithin(child), answers: await Promise.all(buys) };
  };

  test('answers every accepted buy, and exits with code 0', async () => {
    const { code, answers } = await stopWithoutReader();
    expect(answers).toEqual(Array(6).fill(201));
    expect(code).toBe(0);
  });

  test('negative control: without the handlers it exits with code 1', async () => {
    const { code, answers } = await stopWithoutReader('test/programs/exit-on-lost-reader');
    expect(code).toBe(1);
    expect(answers).toContain('no answer');
  });
});

// `script` runs a program on a terminal of its own, which is gone when `script` is killed.
describe.runIf(existsSync('/usr/bin/script'))('a server whose terminal is closed', () => {
  const closeTerminal = async (program: string) => {
    const folder = testFolder(events);
    const exitFile = join(folder, 'exit');
    const args = [built('test/programs/record-exit'), exitFile, built(program)];
    const terminal = spawn(
      '/usr/bin/script',
      ['-qfec', [process.execPath, ...args].join(' '), '/dev/null'],
      {
        env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: folder, WORKERS: '2' },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    onTestFinished(() => {
      terminal.kill('SIGKILL');
      const pids = existsSync(`${exitFile}.pids`) ? readFileSync(`${exitFile}.pids`, 'utf8') : '';
      for (const pid of pids.split(' ').filter(Boolean)) kill(Number(pid));
    });
    let shown = '';
    terminal.stdout.on('data', (text) => {
      shown += text;
    });
    await until('the server is open', () => shown.includes('is open on'));
    terminal.kill('SIGKILL');
    const exit = () => (existsSync(exitFile) ? readFileSync(exitFile, 'utf8') : '');
    await until('the server has exited', () => exit() !== '');
    return exit();
  };

  test('exits with code 0', async () => {
    expect(await closeTerminal('src/main')).toBe('0');
  });

  test('negative control: without the handlers it does not', async () => {
    expect(await closeTerminal('test/programs/exit-on-lost-reader')).not.toBe('0');
  });
});

describe('a command whose reader exits', () => {
  const withoutReader = async (path: string, ...args: string[]) => {
    const { child, stderr } = start(path, { args, env: { DATA_DIR: args.at(-1) } });
    child.stdout?.destroy();
    const code = await exitWithin(child);
    return [code, stderr()];
  };

  test('verdict exits with what it found', async () => {
    const folder = testFolder({ big: anEvent(3) });
    writeFileSync(join(folder, 'receipts.jsonl'), '');
    expect(await withoutReader('src/cli/verdict', folder)).toEqual([3, '']);
  });

  test('ledger dump ends with code 0', async () => {
    const folder = testFolder();
    const server = start('src/main', {
      env: { STORE: 'ledger', PORT: '0', DATA_DIR: folder, WORKERS: '1' },
    });
    await until('the server listens', () => server.stdout().includes('is open on'));
    const url = /open on (http:\S+)/.exec(server.stdout())?.[1] ?? '';
    for (let sale = 0; sale < 3; sale++) {
      const answer = await fetch(`${url}/buy`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"eventId":"city-derby","customer":"Ada"}',
      });
      expect(answer.status).toBe(201);
    }
    server.child.kill('SIGINT');
    await server.ended;
    expect(await withoutReader('src/cli/ledger', 'dump', folder)).toEqual([0, '']);
  });
});
