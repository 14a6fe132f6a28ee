import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { labRequest } from '../../src/http/lab-schemas.js';
import { ladder } from '../../src/lab/ladder.js';
import { bounds, labStores } from '../../src/lab/setting.js';
import type { LabCatalogue, LabStatus } from '../../src/timeline/report.js';
import { anEvent, testFolder } from '../support/folder.js';
import { TestServer } from '../support/office.js';
import { until } from '../support/processes.js';
import { ApiDocument } from './api-document.js';
import { sharedOffice } from './shared-office.js';

const office = sharedOffice({ env: { WORKERS: '2' }, events: { gala: anEvent(10) } });

const begin = (body: object, headers: Record<string, string> = {}, on = office()) =>
  on.fetch('/lab/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close', ...headers },
    body: JSON.stringify(body),
  });

/** Begins a run as soon as nobody else's is running. */
async function begun(body: object): Promise<string> {
  let answer: Response | undefined;
  await until('the lab is free', async () => {
    answer = await begin(body);
    return answer.status !== 503;
  });
  expect(answer?.status).toBe(202);
  return answer?.headers.get('location') ?? '';
}

const look = async (path: string): Promise<LabStatus> =>
  (await (await office().fetch(path, { headers: { connection: 'close' } })).json()) as LabStatus;

const ended = (path: string) =>
  until('the experiment ends', async () => (await look(path)).state !== 'running', 60_000);

describe('/lab', () => {
  test('runs an experiment, tells how far it is, and answers as the document has it', async () => {
    const files = ['tickets.json', 'receipts.jsonl'].map((name) => join(office().folder, name));
    const before = files.map((path) => readFileSync(path, 'utf8'));
    const path = await begun({ rung: 1, buyers: 60, capacity: 30 });
    expect((await look(path)).state).toBe('running');
    await ended(path);

    const document = new ApiDocument(await (await office().fetch('/openapi.json')).text());
    const answer = await office().fetch(path);
    expect(await document.complaints('GET /lab/runs/{id}', answer.clone())).toEqual([]);
    const { state, runs } = (await answer.json()) as LabStatus;
    expect(state).toBe('done');
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ rung: 1, verdict: { ruling: 'broken' } });
    expect(runs[0]?.lanes).toHaveLength(2);
    expect(runs[0]?.lostUpdate?.erased.read.remaining).toBeGreaterThan(0);
    expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(before);
  });

  test('runs one at a time, whichever worker is asked, and stops one that it is told to', async () => {
    const path = await begun({ rung: 3, windowMs: 200 });
    for (let time = 0; time < 4; time++) {
      const other = await begin({ rung: 1 }); // a connection each, so that both workers are asked
      expect([other.status, other.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await other.json()).toMatchObject({ type: 'urn:turnstile:lab-busy' });
    }
    const stopped = await office().fetch(path, { method: 'DELETE' });
    expect(await stopped.json()).toMatchObject({ state: 'stopped', runs: [] });
    const next = await begun({ rung: 3, buyers: 40, capacity: 20 });
    await ended(next);
    expect((await look(next)).runs[0]?.verdict.ruling).toBe('holds');
  });

  test('refuses what makes no sense together', async () => {
    const answer = await begin({ rung: 1, store: 'json' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('a rung determines') });
  });

  test('says what cannot be run here, and why, and refuses it', async () => {
    const answer = await office().fetch('/lab/scenarios');
    const document = new ApiDocument(await (await office().fetch('/openapi.json')).text());
    expect(await document.complaints('GET /lab/scenarios', answer.clone())).toEqual([]);
    const { rungs, stores } = (await answer.json()) as LabCatalogue;
    const missing = { unavailable: 'DATABASE_URL is not set' };
    expect(rungs.filter(({ unavailable }) => unavailable)).toMatchObject([{ rung: 8, ...missing }]);
    expect(stores.filter(({ unavailable }) => unavailable)).toMatchObject([
      { store: 'postgres', lockModes: ['off', 'row', 'optimistic'], lockMode: 'row', ...missing },
    ]);
    const refused = await begin({ rung: 8 });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      detail: 'rung 8: PostgreSQL cannot be run: DATABASE_URL is not set',
    });
  });

  test.each([
    ['another origin', { origin: 'http://elsewhere.example' }],
    ['no origin that it would name', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another host of this site', { 'sec-fetch-site': 'same-site' }],
  ])('refuses a request of %s', async (_what, headers) => {
    const answer = await begin({ rung: 1 }, headers);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ type: 'urn:turnstile:other-origin' });
    const catalogue = await office().fetch('/lab/scenarios', { headers });
    expect(catalogue.status).toBe(403);
  });

  test('takes one of its own origin', async () => {
    const own = { origin: office().url.origin, 'sec-fetch-site': 'same-origin' };
    expect((await office().fetch('/lab/scenarios', { headers: own })).status).toBe(200);
  });
});

test('the routes take what the lab takes, and no more', () => {
  const takes = (name: string, amount: number) => labRequest.safeParse({ [name]: amount }).success;
  const rung = { min: 1, max: ladder.length };
  for (const [name, { min, max }] of Object.entries({ ...bounds, rung })) {
    const taken = [min - 1, min, max, max + 1].map((amount) => takes(name, amount));
    expect([name, ...taken]).toEqual([name, false, true, true, false]);
  }
  expect(labRequest.shape.store.unwrap().options).toEqual(labStores);
});

describe('an office', () => {
  test('has no lab with LAB=off, nor where others reach it', async () => {
    const off = await TestServer.startForTest({ env: { LAB: 'off', WORKERS: '1' } });
    expect((await begin({ rung: 1 }, {}, off)).status).toBe(404);
    const open = await TestServer.startForTest({ env: { HOST: '0.0.0.0', WORKERS: '1' } });
    expect((await begin({ rung: 1 }, {}, open)).status).toBe(404);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('takes its experiment along: %s', async (signal) => {
    const TMPDIR = join(testFolder(), 'tmp');
    mkdirSync(TMPDIR);
    const one = await TestServer.startForTest({ env: { TMPDIR, WORKERS: '1' } });
    expect((await begin({ rung: 3, windowMs: 200 }, {}, one)).status).toBe(202);
    const sandboxes = () => readdirSync(TMPDIR).length;
    await until('there is a sandbox', () => sandboxes() === 1);
    one.signal(signal);
    await one.exited;
    await until('there is none', () => sandboxes() === 0);
  });
});
