import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifyBackup } from '../../src/store/backup/backup-file.js';
import { type StoreName, stores } from '../../src/store/registry.js';
import { judge } from '../../src/verdict/judge.js';
import { TestDatabase } from '../support/database.js';
import { anEvent, openOptions, testFolder } from '../support/folder.js';
import { Load } from '../support/load.js';
import { run, until } from '../support/processes.js';
import { TestServer } from '../support/test-server.js';

const events = { a: anEvent(1_000_000) };

const command = (name: 'backup' | 'restore', env: NodeJS.ProcessEnv, ...args: string[]) =>
  run(`src/cli/${name}`, { args, env });

/** A server from which buyers buy until the test ends or `stop` is called. */
async function soldOutOf(store: StoreName, env: NodeJS.ProcessEnv = {}) {
  const server = await TestServer.startForTest({ events, env: { STORE: store, ...env } });
  const load = new Load(server.url, 'a', 8, { pauseMs: 20 });
  onTestFinished(() => load.stop());
  await until('tickets were sold', () => load.sold.length > 50);
  return { server, load };
}

/** The settings of an empty place to restore into. */
async function emptyPlace(store: StoreName): Promise<{ env: NodeJS.ProcessEnv; location: string }> {
  if (stores[store].storedIn === 'folder') {
    const location = join(testFolder(), 'restored');
    return { env: { DATA_DIR: location }, location };
  }
  const database = await TestDatabase.forTest();
  return { env: database.env, location: database.address };
}

describe.each([
  ['json', 'file'],
  ['json', 'kernel'],
  ['ledger', 'file'],
  ['postgres', 'row'],
] as const)('npm run backup of STORE=%s LOCK_MODE=%s, while buyers buy', (store, mode) => {
  test('holds, and has every order that was answered before it began', async () => {
    const database = store === 'postgres' ? await TestDatabase.forTest(events) : undefined;
    const server = await TestServer.startForTest({
      events,
      env: { STORE: store, LOCK_MODE: mode },
      ...(database === undefined ? {} : { database }),
    });
    const load = new Load(server.url, 'a', 8, { pauseMs: 20 });
    onTestFinished(() => load.stop());
    await until('tickets were sold', () => load.sold.length > 50);
    const answered = [...load.sold];

    const file = join(testFolder(), 'backup.tgz');
    const from = database?.env ?? { DATA_DIR: server.folder };
    const made = await command('backup', from, file);
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(made.stdout).toContain('HOLDS');
    const listed = execFileSync('tar', ['-tzf', file], { encoding: 'utf8' }); // any tar reads it
    expect(listed).toMatch(/^backup\.json\n(.+\n)+SHA256SUMS\n$/);
    const soldLater = load.sold.length;
    await until('the sales went on', () => load.sold.length > soldLater);
    await load.stop();

    const place = await emptyPlace(store);
    const restored = await command('restore', place.env, file);
    expect([restored.code, restored.stderr]).toEqual([0, '']);
    const verdict = judge(await stores[store].history(place.location));
    const { sold } = await verifyBackup(file);
    expect(verdict).toMatchObject({ verdict: 'holds', withdrawn: 0, events: [{ sold }] });

    const opened = await stores[store].open(openOptions(place.location, true));
    try {
      for (const { orderId = '', serials } of answered) {
        expect(await opened.find(orderId)).toMatchObject({ orderId, serials });
      }
      const late = load.sold.filter((answer) => !answered.includes(answer));
      const found = await Promise.all(late.map(({ orderId = '' }) => opened.find(orderId)));
      expect(found.filter(Boolean)).toHaveLength(sold - answered.length);
    } finally {
      await opened.close(); // a store notices that its file is replaced
    }

    const again = await command('restore', place.env, file);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('--replace');
    expect((await command('restore', place.env, file, '--replace')).code).toBe(0);
    const reopened = await stores[store].open(openOptions(place.location, true));
    onTestFinished(() => reopened.close());
    const { results } = await reopened.sell([
      { kind: 'buy', eventId: 'a', customer: 'Bob', quantity: 1 },
    ]);
    expect(results).toMatchObject([{ kind: 'sold', serials: [sold + 1] }]);
  });
});

describe('npm run backup', () => {
  test('exits 2 for a folder without tickets, and for a name that exists', async () => {
    const folder = testFolder(events);
    const missing = await command('backup', { DATA_DIR: testFolder() }, join(folder, 'b.tgz'));
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('no tickets\n')]);
    const taken = join(folder, 'tickets.json');
    const { code, stderr } = await command('backup', { DATA_DIR: folder }, taken);
    expect([code, stderr]).toEqual([2, `${taken} exists: choose another name\n`]);
  });

  test('exits 5 without a database', async () => {
    const env = {
      STORE: 'postgres',
      DATABASE_URL: 'postgres://u@127.0.0.1:1/x',
      DATABASE_WAIT_S: '0',
    };
    expect((await command('backup', env, join(testFolder(), 'b.tgz'))).code).toBe(5);
  });

  test('is refused into a folder that a server has open, and into the wrong store', async () => {
    const { server, load } = await soldOutOf('ledger');
    await load.stop();
    const file = join(testFolder(), 'backup.tgz');
    expect((await command('backup', { DATA_DIR: server.folder }, file)).code).toBe(0);
    const open = await command('restore', { DATA_DIR: server.folder }, file, '--replace');
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining('stop it first')]);
    const env = { STORE: 'postgres', DATABASE_URL: 'postgres://u@127.0.0.1:1/x' };
    const wrong = await command('restore', env, file);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('STORE=ledger')]);
  });
});

test('a copy of tickets and receipts at two moments is broken', async () => {
  const { server, load } = await soldOutOf('json');
  const copy = testFolder();
  copyFileSync(join(server.folder, 'tickets.json'), join(copy, 'tickets.json'));
  const sold = load.sold.length;
  await until('tickets were sold between the copies', () => load.sold.length > sold + 20);
  copyFileSync(join(server.folder, 'receipts.jsonl'), join(copy, 'receipts.jsonl'));
  await load.stop();
  expect(judge(await stores.json.history(copy))).toMatchObject({ verdict: 'broken' });
});

describe.each([
  ['json', 'file'],
  ['json', 'kernel'],
  ['ledger', 'file'],
] as const)('the files of a server with STORE=%s LOCK_MODE=%s', (store, mode) => {
  test('are for their owner only', async () => {
    const folder = join(testFolder(), 'new', 'data');
    const server = await TestServer.startForTest({
      folder,
      env: { STORE: store, LOCK_MODE: mode, WORKERS: '1' },
    });
    const events = (await (await server.fetch('/search')).json()) as { events: { id: string }[] };
    const eventId = events.events[0]?.id ?? '';
    expect((await server.buy({ eventId, customer: 'Ada', quantity: 1 })).status).toBe(201);
    const names = readdirSync(folder);
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) {
      // A temporary file may have replaced its target since.
      const found = statSync(join(folder, name), { throwIfNoEntry: false });
      expect([name, (found?.mode ?? 0) & 0o077]).toEqual([name, 0]);
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(server.stderr).toBe('');
  });
});

test('files of an older version that others can read are named once, and left alone', async () => {
  const folder = testFolder(events);
  execFileSync('chmod', ['755', folder]);
  mkdirSync(join(folder, 'other'));
  copyFileSync('/dev/null', join(folder, 'receipts.jsonl'));
  execFileSync('chmod', ['644', join(folder, 'receipts.jsonl')]);
  const server = await TestServer.startForTest({ folder, env: { WORKERS: '1' } });
  const warnings = server.stderr.match(/can read customers' names or keys: chmod 600 \S+/g);
  expect(warnings).toEqual([
    expect.stringContaining(`chmod 600 ${join(folder, 'receipts.jsonl')}`),
  ]);
  expect(statSync(join(folder, 'receipts.jsonl')).mode & 0o777).toBe(0o644);
  expect(existsSync(join(folder, 'order.secret'))).toBe(false);
});
