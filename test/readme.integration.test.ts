import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from './support/free-port.js';
import { until } from './support/processes.js';

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The commands of the README, in order. */
const commands = [...readme.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : [])),
);

/** A copy of the project, like a clone, whose server listens on a free port. */
const place = mkdtempSync(join(tmpdir(), 'turnstile-readme-'));
let port = 0;
let server: ChildProcess | undefined;

beforeAll(async () => {
  for (const name of [
    ...['package.json', 'tsconfig.json', 'tsconfig.web.json', 'vite.config.ts'],
    ...['src', 'bench', 'scripts', 'data/tickets.seed.json', 'docs/FROM-PYTHON.md'],
  ]) {
    const filter = (path: string) => !path.endsWith('node_modules'); // a clone has none
    cpSync(join(root, name), join(place, name), { recursive: true, filter });
  }
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'));
  port = await freePort();
});

afterAll(async () => {
  await stopServer();
  rmSync(place, { recursive: true, force: true });
});

function shell(command: string): ChildProcess {
  return spawn('sh', ['-c', command], {
    cwd: place,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port), LOG_LEVEL: 'warn' },
    detached: true, // a separate process group, so that it can be signalled like a terminal's
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function type(command: string): Promise<{ code: number | null; stdout: string }> {
  const child = shell(command.replaceAll(':3000', `:${port}`));
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  const [code] = await once(child, 'close');
  return { code, stdout };
}

/** Runs a command that starts the server, and waits until it listens. */
async function startServer(command: string): Promise<void> {
  server = shell(command);
  let stdout = '';
  server.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  await until(
    'the server listens',
    () => stdout.includes(`open on http://127.0.0.1:${port}`),
    90_000, // it builds first, which takes long on a busy machine
  );
}

/** Ctrl-C: signals every process of the group. */
async function stopServer(): Promise<void> {
  if (server?.pid === undefined || server.exitCode !== null) return;
  const closed = once(server, 'close');
  process.kill(-server.pid, 'SIGINT');
  await closed;
}

describe('the README', () => {
  test('lists the commands that this test runs, in this order', () => {
    expect(commands.map((command) => command.split(' -d ')[0])).toEqual([
      'npm ci',
      'npm start',
      'LOCK_MODE=off npm start',
      'npm run race',
      'npm run verdict',
      'npm run reset -- --yes',
      'npm start',
      'npm run race',
      'npm run verdict',
      "curl 'http://127.0.0.1:3000/search?q=jazz'",
      "curl http://127.0.0.1:3000/buy -H 'content-type: application/json'",
      'curl http://127.0.0.1:3000/orders/1cq-5fpoS2cLkEVGmFzS',
      'curl http://127.0.0.1:3000/verdict',
    ]);
  });

  test('shows the race without a lock, and none with the lock', async () => {
    await startServer('LOCK_MODE=off npm start');
    const wrong = await type('npm run race');
    expect(wrong.stdout).toMatch(/BROKEN: \d+ buyers were told "sold", and there were 100 tickets/);
    expect(wrong.code).toBe(1);
    await stopServer();
    expect((await type('npm run verdict')).code).toBe(1);
    expect((await type('npm run reset -- --yes')).code).toBe(0);

    await startServer('npm start');
    const right = await type('npm run race');
    expect(right.stdout).toContain('HOLDS: exactly 100 tickets were sold, each of them once.');
    expect(right.code).toBe(0);
    expect((await type('npm run verdict')).code).toBe(0);
  });

  test('sells tickets as shown', async () => {
    const [search, buy, , verdict] = commands.slice(-4) as [string, string, string, string];
    expect(await (await curl(search)).json()).toMatchObject({ events: [{ id: 'harbour-jazz' }] });

    const response = await curl(buy);
    const sale = (await response.json()) as Record<string, unknown>;
    expect(response.status).toBe(201);
    const shown = JSON.parse(/^\{"orderId.*$/m.exec(readme)?.[0] ?? '{}');
    expect(Object.keys(sale)).toEqual(Object.keys(shown));
    expect(sale).toMatchObject({ eventId: shown.eventId, serials: shown.serials });

    const order = await fetch(`http://127.0.0.1:${port}/orders/${sale.orderId}`);
    expect(await order.json()).toMatchObject({ orderId: sale.orderId, customer: 'Ada' });
    expect(await (await curl(verdict)).json()).toMatchObject({ verdict: 'holds' });
  });
});

/** Does what curl does, for the few forms in the README: not every machine has curl. */
function curl(command: string): Promise<Response> {
  const url = /http:\S+?(?='|\s|$)/.exec(command)?.[0].replace(':3000', `:${port}`) ?? '';
  const header = /-H '([^:]+): ([^']+)'/.exec(command);
  const body = /-d '([^']+)'/.exec(command)?.[1];
  const headers = header ? { [header[1] ?? '']: header[2] ?? '' } : {};
  return fetch(url, body === undefined ? { headers } : { method: 'POST', headers, body });
}
