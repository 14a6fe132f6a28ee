import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { stores } from '../../src/store/registry.js';
import { judge } from '../../src/verdict/judge.js';
import { anEvent, openOptions, testFolder } from '../support/folder.js';
import { run, start, until } from '../support/processes.js';
import { TestServer } from '../support/test-server.js';

const details = [
  ...['--name', 'Pier Night', '--venue', 'The Pier', '--starts-at', '2027-07-01T20:00:00+01:00'],
  ...['--price', '1800', '--currency', 'GBP', '--capacity', '5'],
];

/** Runs the command, and returns its exit code and what it printed. */
async function events(env: NodeJS.ProcessEnv, ...args: string[]) {
  const { code, stdout, stderr } = await run('src/cli/events', { env, args });
  expect(stderr.split('\n').length, stderr).toBeLessThanOrEqual(2);
  return [code, stdout + stderr] as const;
}

/** An event's whole life as its editor sees it, wherever it is. */
async function editAnEvent(
  edit: (...args: string[]) => Promise<readonly [number | null, string]>,
  sell: () => Promise<unknown>,
): Promise<void> {
  expect(await edit('add', 'pier', ...details)).toEqual([0, 'Saved pier as revision 1.\n']);
  expect(await edit('add', 'pier', ...details)).toEqual([
    1,
    'pier is there with revision 1: nothing was changed\n',
  ]);
  expect(await edit('set', 'pier', '--capacity', '9', '--sales-until', '2027-07-01T00:00:00Z')) //
    .toEqual([0, 'Saved pier as revision 2.\n']);
  expect(await edit('set', 'pier', '--capacity', '7', '--revision', '1')).toEqual([
    1,
    'pier is there with revision 2: nothing was changed\n',
  ]);
  expect(await edit('remove', 'pier', '--revision', '1')).toEqual([
    1,
    'pier is there with revision 2: nothing was changed\n',
  ]);
  const [code, list] = await edit('list');
  expect([code, list]).toEqual([0, expect.stringMatching(/pier {2}9 of 9 left {2}Pier Night\n/)]);
  const [, one] = await edit('list', 'pier');
  expect(one).toMatch(/^revision +2$/m);
  expect(one).toMatch(/^salesUntil +2027-07-01T00:00:00Z$/m);
  expect(await edit('set', 'pier', '--sales-until', 'none')).toEqual([
    0,
    'Saved pier as revision 3.\n',
  ]);
  expect((await edit('list', 'pier'))[1]).not.toContain('salesUntil');
  await sell();
  expect(await edit('set', 'pier', '--capacity', '1')).toEqual([
    1,
    '2 tickets of pier are sold or held: nothing was changed\n',
  ]);
  expect(await edit('remove', 'pier')).toEqual([
    1,
    'tickets of pier were sold or are held: nothing was changed\n',
  ]);
  expect(await edit('remove', 'other')).toEqual([0, 'Removed other.\n']);
  expect(await edit('remove', 'other')).toEqual([2, 'there is no event "other"\n']);
}

test('npm run events in a folder edits events as a server would, and the verdict holds', async () => {
  const folder = testFolder({ other: anEvent(3) });
  const env = { DATA_DIR: folder, STORE: 'ledger' };
  await editAnEvent(
    (...args) => events(env, ...args),
    async () => {
      const store = await stores.ledger.open(openOptions(folder, true));
      const buy = { kind: 'buy', eventId: 'pier', customer: 'Ada', quantity: 2 } as const;
      await (await store.sell([buy])).durable;
      await store.close();
    },
  );
  const verdict = judge(await stores.ledger.history(folder));
  expect(verdict).toMatchObject({ verdict: 'holds', events: [{ id: 'pier', sold: 2 }] });
});

test('npm run events on a server edits events with its token, and is refused with another', async () => {
  const server = await TestServer.startForTest({ events: { other: anEvent(3) } });
  const url = ['--url', server.url.origin];
  const env = { DATA_DIR: server.folder };
  await editAnEvent(
    (...args) => events(env, ...args, ...url),
    () => server.buy({ eventId: 'pier', customer: 'Ada', quantity: 2 }),
  );
  const wrong = await events(
    { ...env, ADMIN_TOKEN: 'not-the-token-of-it' },
    ...['set', 'pier', '--name', 'Other', ...url],
  );
  expect(wrong).toEqual([1, expect.stringContaining('This is not the admin token')]);
  // Without --url it is the folder, which the server has open.
  const open = await events(env, 'set', 'pier', '--name', 'Other');
  expect(open).toEqual([2, expect.stringMatching(/^a server has .* open: .* --url\n$/)]);
  expect((await events(env, 'list'))[1]).toContain('Pier Night'); // reading disturbs nobody
});

test('npm run events changes nothing while another process has the folder to itself', async () => {
  const folder = testFolder({ other: anEvent(3) });
  const holder = start('test/programs/folder-lock-holder', { args: [folder], input: 'open' });
  onTestFinished(() => void holder.child.kill('SIGKILL'));
  await until('the folder is locked', () => holder.stdout().includes('held'));
  const before = readFileSync(join(folder, 'tickets.json'));
  expect((await events({ DATA_DIR: folder }, 'remove', 'other'))[0]).toBe(2);
  expect(readFileSync(join(folder, 'tickets.json'))).toEqual(before);
  holder.child.kill('SIGKILL');
  await holder.exited;
  expect((await events({ DATA_DIR: folder }, 'remove', 'other'))[0]).toBe(0); // the control
});

test('npm run events exits 2 with a line that names the mistake, and changes nothing', async () => {
  const folder = testFolder({ other: anEvent(3) });
  const env = { DATA_DIR: folder };
  const without = (option: string) => {
    const at = details.indexOf(option);
    return [...details.slice(0, at), ...details.slice(at + 2)];
  };
  const mistakes: [string[], RegExp][] = [
    [['drop'], /^it takes list, add, set, remove, not "drop"\n$/],
    [['add'], /^name the id/],
    [['add', '__proto__', ...details], /^"__proto__" is no id: /],
    [['add', 'x', ...without('--currency')], /^--currency is missing/],
    [['add', 'x', ...without('--starts-at')], /^--starts-at is missing/],
    [['add', 'x', ...details, '--currency', 'gbp'], /^--currency: a currency is a code/],
    [['add', 'x', ...details, '--capacity', '-1'], /^--capacity is "-1": it takes/],
    [['set', 'other'], /^name what to change/],
    [['set', 'nowhere', '--name', 'x'], /^there is no event "nowhere"/],
    [['remove', 'other', '--name', 'x'], /^remove takes --url/],
    [['list', '--url', 'nowhere'], /^--url is "nowhere"/],
    [['list', '--url', 'http://127.0.0.1:1'], /^no server answers at http:\/\/127\.0\.0\.1:1/],
  ];
  for (const [args, line] of mistakes) {
    expect(await events(env, ...args)).toEqual([2, expect.stringMatching(line)]);
  }
  const elsewhere = join(folder, 'nowhere');
  expect(await events({ DATA_DIR: elsewhere }, 'add', 'x', ...details)).toEqual([
    2,
    `${elsewhere} contains no tickets\n`,
  ]);
  expect(readdirSync(folder)).not.toContain('nowhere');
  const database = { STORE: 'postgres', DATABASE_URL: 'postgres://ada@127.0.0.1:1/x' };
  expect((await events({ ...env, ...database }, 'remove', 'other'))[1]).toContain('--url');
});
