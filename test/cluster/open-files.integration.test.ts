import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { anEvent, testFolder } from '../support/folder.js';
import { built, until } from '../support/processes.js';

/** More than two workers can have open with this limit, whatever they reserve. */
const OPEN_FILES = 300;
const CLIENTS = 3 * OPEN_FILES;

/** A server that may open this many files. */
function startLimited(program: string, openFiles: number) {
  const command = `ulimit -n ${openFiles} && exec ${process.execPath} ${built(program)}`;
  const child = spawn('/bin/sh', ['-c', command], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      WORKERS: '2',
      DATA_DIR: testFolder({ big: anEvent(1_000_000) }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed; // its workers have ended, too: the folder is removed next
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  return { child, output: () => output };
}

async function openLimited(program: string) {
  const { output } = startLimited(program, OPEN_FILES);
  await until('the server is open', () => output().includes('is open on'));
  const url = new URL(/open on (http:\S+)/.exec(output())?.[1] ?? '');
  return { url, output };
}

/** One client after another connects and sends a request. When no more answers come, all of them leave. */
async function comeAndGo(url: URL): Promise<void> {
  const sockets: Socket[] = [];
  let answers = 0;
  for (let client = 0; client < CLIENTS; client++) {
    const socket = connect(Number(url.port), url.hostname).on('error', () => {});
    sockets.push(socket);
    socket.on('data', () => answers++);
    await once(socket, 'connect');
    socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  }
  // On a busy machine it takes seconds until the workers have taken what they can.
  for (let before = -1; before < answers; ) {
    before = answers;
    await sleep(2_000);
  }
  for (const socket of sockets) socket.destroy();
  await sleep(500);
}

/** Which workers sell, of eight purchases on new connections. */
async function sellingWorkers(url: URL): Promise<Set<number>> {
  const workers = new Set<number>();
  for (let buyer = 0; buyer < 8; buyer++) {
    const answer = await fetch(new URL('/buy', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ eventId: 'big', customer: 'Ada' }),
      signal: AbortSignal.timeout(3_000),
    }).catch(() => undefined);
    if (answer?.status !== 201) break;
    workers.add(((await answer.json()) as { worker: number }).worker);
  }
  return workers;
}

describe.runIf(process.platform === 'linux')('more clients than a server has descriptors', () => {
  test('are turned away, and all workers sell on', async () => {
    const { url, output } = await openLimited('src/main');
    const began = performance.now();
    await comeAndGo(url);
    await until('all workers sell', async () => (await sellingWorkers(url)).size === 2);
    const closed = output().match(/connection closed: too many are open/g) ?? [];
    const intervals = Math.ceil((performance.now() - began) / 10_000);
    expect(closed.length).toBeGreaterThanOrEqual(2);
    expect(closed.length).toBeLessThanOrEqual(2 * intervals); // throttled: a line of each worker in ten seconds
    expect(output()).not.toContain('exited');
  });

  test('negative control: without the limit workers become deaf; the primary replaces them', async () => {
    const { url, output } = await openLimited('test/programs/without-connection-limit');
    // On a busy machine the clients may leave too early, and a deaf worker may be replaced already.
    const isDeaf = async () =>
      (await sellingWorkers(url)).size < 2 || output().includes('no connections');
    let deaf = false;
    for (let attempt = 1; attempt <= 8 && !deaf; attempt++) {
      await comeAndGo(url);
      deaf = await isDeaf();
    }
    expect(deaf).toBe(true);
    await until('the deaf workers are replaced', () => output().includes('no connections'));
    await until('all workers sell', async () => (await sellingWorkers(url)).size === 2);
  });
});

test.runIf(process.platform === 'linux')(
  'a start with too few descriptors ends with one line',
  async () => {
    const { child, output } = startLimited('src/main', 64);
    const [code] = await once(child, 'close');
    expect([code, output()]).toEqual([
      2,
      'the limit of open files is 64: it takes at least 256 (ulimit -n)\n',
    ]);
  },
);
