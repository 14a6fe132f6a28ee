import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runExperiment } from '../../src/lab/experiment.js';
import { catalogueOf, planLadder, planOf } from '../../src/lab/plan.js';
import type { LabRequest } from '../../src/timeline/lab-request.js';
import type { LabStatus } from '../../src/timeline/lab-status.js';
import type { Run } from '../../src/timeline/report.js';
import { TestDatabase } from '../support/database.js';
import { anEvent } from '../support/folder.js';
import { start, until } from '../support/processes.js';
import { beginLab } from '../support/running-lab.js';
import { TestServer } from '../support/test-server.js';

/** A database with real sales, which the lab must not touch. */
let real: TestDatabase;
beforeAll(async () => {
  real = await TestDatabase.create({ gala: anEvent(100) });
});
afterAll(() => real.dispose());

const sandboxes = async (): Promise<string[]> =>
  (
    await real.query<{ name: string }>(
      "select datname as name from pg_database where datname like 'turnstile\\_lab\\_%'",
    )
  ).map(({ name }) => name);

async function experiment(request: LabRequest): Promise<Run> {
  const [plan] = planOf(request, real.address);
  if (plan === undefined) throw new Error('no plan');
  return runExperiment(plan, { databaseUrl: real.address });
}

const lab = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  start('src/cli/lab', { args, env: { DATABASE_URL: real.address, ...env } });

const storyOf = ({ story }: Run): string => story.map(({ text }) => text).join('\n');

describe('an experiment on PostgreSQL', () => {
  test('holds on rung 8: batches wait for the rows, and read what was written', async () => {
    const run = await experiment({ rung: 8 });
    expect(run.verdict).toMatchObject({ ruling: 'holds' });
    expect(run.figures).toMatchObject({
      toldSold: 100,
      toldSoldOut: 100,
      remaining: 0,
      lostUpdates: 0,
    });
    expect(run.figures.lockWaitMs?.max).toBeGreaterThan(0.1);
    expect(run.lanes).toHaveLength(2);
    expect(run.lostUpdate).toBeUndefined();
    const sold = run.lanes.flatMap(({ batches }) =>
      batches.filter(({ wrote }) => wrote !== undefined),
    );
    // The tickets left decrease by what each batch sold, from all to none.
    expect(
      sold.every(
        ({ read, wrote, serials }) => read?.remaining === (wrote?.remaining ?? 0) + serials.length,
      ),
    ).toBe(true);
    expect(Math.max(...sold.map(({ read }) => read?.remaining ?? 0))).toBe(100);
    expect(await sandboxes()).toEqual([]);
  });

  test('shows the race without a lock: two processes read the same, and one erases the other', async () => {
    const run = await experiment({ store: 'postgres', lockMode: 'off', windowMs: 5 });
    expect(run.verdict.ruling).toBe('broken');
    expect(run.figures.lostUpdates).toBeGreaterThan(0);
    expect(run.lostUpdate?.erased.wrote.version).toBe(run.lostUpdate?.erasing.wrote.version);
    expect(storyOf(run)).toContain('the second write erased the first');
    expect(run.verdict.because).not.toContain('the file');
  });

  test('holds in optimistic mode: a batch that was overtaken is rejected, and tries again', async () => {
    const few = { buyers: 40, capacity: 20, batchMax: 4, windowMs: 5 };
    const run = await experiment({ store: 'postgres', lockMode: 'optimistic', ...few });
    expect(run.verdict.ruling).toBe('holds');
    expect(run.lostUpdate).toBeUndefined();
    expect(run.figures.lockWaitMs).toBeUndefined(); // there is no lock to wait for
    expect(storyOf(run)).toContain('its write was undone, and no buyer was told about it');
  });

  // The command runs every plan of a ladder: see test/cli/lab-ladder.timing.test.ts.
  test('is rung 8 of the ladder', async () => {
    const plans = planLadder({}, real.address);
    expect(plans.map(({ rung }) => rung)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(catalogueOf(real.address).rungs.filter(({ unavailable }) => unavailable)).toEqual([]);
    const { code, stdout } = await lab(['--rung', '8', '--json']).ended;
    const { runs } = JSON.parse(stdout) as { runs: Run[] };
    expect(runs.map(({ rung, verdict }) => [rung, verdict.ruling])).toEqual([[8, 'holds']]);
    expect(code).toBe(0);
  });
});

describe('without a database for the sandbox', () => {
  test.each([
    ['cannot be reached', () => 'postgres://nobody@127.0.0.1:9/none', 5, 'no database answers'],
    [
      'does not let the role create a database',
      () => `${real.address}?options=-c%20role%3Dpg_monitor`,
      2,
      'may not create a database',
    ],
  ])(
    'the ladder fails before its first rung if the server %s',
    async (_what, address, exit, message) => {
      const { code, stdout, stderr } = await lab(['--ladder'], { DATABASE_URL: address() }).ended;
      expect([code, stdout]).toEqual([exit, '']);
      expect(stderr).toContain(message);
      expect(stderr).not.toContain('rung 1');
    },
  );
});

describe('the database of a sandbox', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('is dropped after %s', async (signal) => {
    const { running, env } = await beginLab(8, { DATABASE_URL: real.address });
    expect(await sandboxes()).toHaveLength(1);
    running.child.kill(signal);
    await running.exited;
    await until('it is dropped', async () => (await sandboxes()).length === 0);
    await until('no folder is left', () => readdirSync(env.TMPDIR).length === 0);
  });

  test('is dropped by the next lab if it is old and unused', async () => {
    const hour = 3600;
    const nameOf = (agoS: number, suffix: string) =>
      `turnstile_lab_${Math.floor(Date.now() / 1000) - agoS}_${suffix.padStart(12, '0')}`;
    const [old, young] = [nameOf(2 * hour, 'a'), nameOf(hour / 2, 'b')];
    const others = 'turnstile_lab_mine';
    for (const name of [old, young, others]) await real.query(`create database ${name}`);
    try {
      await experiment({ rung: 8, buyers: 1 });
      expect((await sandboxes()).sort()).toEqual([young, others].sort());
    } finally {
      for (const name of [old, young, others]) await real.query(`drop database if exists ${name}`);
    }
  });
});

test('a server on PostgreSQL runs an experiment without touching its own sales', async () => {
  const server = await TestServer.startForTest({ database: real, env: { WORKERS: '1' } });
  await server.buy({ eventId: 'gala', customer: 'Ada', quantity: 3 });
  const tables =
    'select (select count(*) from turnstile.commits) as commits, * from turnstile.office';
  const before = await real.query(tables);
  const begun = await server.fetch('/lab/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rung: 8, buyers: 60, capacity: 30 }),
  });
  expect(begun.status).toBe(202);
  const look = async () =>
    (await (await server.fetch(begun.headers.get('location') ?? '')).json()) as LabStatus;
  await until('the experiment ends', async () => (await look()).state !== 'running');
  const { state, runs } = await look();
  expect([state, runs[0]?.verdict.ruling, runs[0]?.rung]).toEqual(['done', 'holds', 8]);
  expect(await real.query(tables)).toEqual(before);
  expect(await server.verdict()).toMatchObject({ verdict: 'holds', version: 1 });
  await until(
    'the database of the sandbox is dropped',
    async () => (await sandboxes()).length === 0,
  );
});
