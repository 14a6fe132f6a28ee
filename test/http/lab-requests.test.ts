import type { InjectOptions } from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Lab } from '../../src/http/app-context.js';
import { bounds, labStores } from '../../src/lab/experiment-setting.js';
import { ladder } from '../../src/lab/ladder.js';
import { catalogueOf } from '../../src/lab/plan.js';
import { labRequest, requestBounds } from '../../src/timeline/lab-request.js';
import type { LabQuestion, LabReply } from '../../src/timeline/lab-status.js';
import { until } from '../support/processes.js';
import { aStatus } from '../timeline/stepped-samples.js';
import { expectProblem } from './expect-problem.js';
import { buildFakeApp } from './fake-context.js';
import { inject, sharedApp } from './test-app.js';

const app = sharedApp();
const lab: Lab = {
  openToAll: false,
  catalogue: catalogueOf(undefined),
  call: async () => ({ kind: 'unknown' }),
};

async function injectWith(lab: Lab, request: InjectOptions): Promise<Response> {
  const routes = await buildFakeApp({ lab });
  onTestFinished(() => routes.close());
  return inject(routes, request);
}

const start = (body: object, headers: Record<string, string>) =>
  app().fetch('/lab/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

describe('/lab', () => {
  test.each([
    ['another origin', { origin: 'http://elsewhere.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another origin of the same site', { 'sec-fetch-site': 'same-site' }],
  ])('rejects a request from %s with 403', async (_what, headers) => {
    const answer = await start({ rung: 1 }, headers);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ type: '/problems/other-origin' });
    const catalogue = await app().fetch('/lab/scenarios', { headers });
    expect(catalogue.status).toBe(403);
  });

  test('accepts a request from its own origin', async () => {
    const host = 'localhost:3000';
    const own = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
    expect((await app().fetch('/lab/scenarios', { headers: own })).status).toBe(200);
  });
});

describe('a lab that is open to this machine only', () => {
  test.each([
    ['Forwarded', { forwarded: 'for=203.0.113.7' }],
    ['X-Forwarded-For', { 'x-forwarded-for': '203.0.113.7' }],
    ['X-Forwarded-Host', { 'x-forwarded-host': 'tickets.example' }],
    ['X-Real-IP', { 'x-real-ip': '203.0.113.7' }],
    ['Via', { via: '1.1 proxy' }],
    ['the header of a content network', { 'cf-connecting-ip': '203.0.113.7' }],
  ])('rejects a request with %s: a proxy sends it for another machine', async (_what, headers) => {
    // Host names this machine: proxies put their upstream's address there.
    const sent = { host: 'localhost', ...headers };
    for (const answer of [
      await start({ rung: 1 }, sent),
      await app().fetch('/lab/scenarios', { headers: sent }),
      await app().fetch('/lab/runs/none', { headers: sent }),
      await app().fetch('/lab/runs/none', { method: 'DELETE', headers: sent }),
    ]) {
      await expectProblem(answer, 403, 'lab-closed');
    }
  });

  test('rejects a request from another machine', async () => {
    const request = { url: '/lab/scenarios', remoteAddress: '203.0.113.7' };
    await expectProblem(await injectWith(lab, request), 403, 'lab-closed');
    expect((await injectWith(lab, { url: '/lab/scenarios' })).status).toBe(200);
  });

  test('negative control: LAB=on lets both in', async () => {
    const openLab = { ...lab, openToAll: true };
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    const forwarded = await injectWith(openLab, { url: '/lab/scenarios', headers });
    expect(forwarded.status).toBe(200);
  });
});

test('too many experiments are answered with 429, and when the next one may start', async () => {
  const asked: LabQuestion[] = [];
  const call = async (question: LabQuestion): Promise<LabReply> => {
    asked.push(question);
    return { kind: 'tooMany', retryAfterS: 42 };
  };
  const request = { url: '/lab/runs', method: 'POST', payload: { rung: 1 } } as const;
  const answer = await injectWith({ ...lab, call }, request);
  expect(answer.headers.get('retry-after')).toBe('42');
  const { detail } = await expectProblem(answer, 429, 'lab-limit');
  expect(detail).toContain('42 s');
  expect(asked).toEqual([{ verb: 'begin', request: { rung: 1 }, isLocal: true }]);
});

test.each([
  ['ends if its client goes away before the answer, which has its id', true, ['begin', 'stop']],
  ['goes on if its client gets the answer', false, ['begin']],
])('a stepped run %s', async (_what, goesAway, verbs) => {
  const asked: string[] = [];
  const client = new AbortController();
  let hasLeft = false;
  const call = async ({ verb }: LabQuestion): Promise<LabReply> => {
    asked.push(verb);
    if (verb === 'begin' && goesAway) {
      client.abort();
      await until('the client has left', () => hasLeft);
    }
    return { kind: 'status', status: aStatus() };
  };
  const routes = await buildFakeApp({ lab: { ...lab, call } });
  onTestFinished(() => {
    routes.server.closeAllConnections();
    return routes.close();
  });
  routes.server.once('connection', (socket) => socket.on('end', () => (hasLeft = true)));
  const url = await routes.listen({ port: 0, host: '127.0.0.1' });
  const answer = fetch(new URL('/lab/runs', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ level: 1 }),
    signal: client.signal,
  });
  if (goesAway) await expect(answer).rejects.toThrow();
  else expect((await answer).status).toBe(202);
  await until('the lab was asked', () => asked.length === verbs.length);
  expect(asked).toEqual(verbs);
});

test('the routes accept exactly what their catalogue says, and no more than the lab', () => {
  const takes = (name: string, amount: number) => labRequest.safeParse({ [name]: amount }).success;
  const rung = { min: 1, max: ladder.length };
  for (const [name, { min, max }] of Object.entries({ ...requestBounds, rung })) {
    const taken = [min - 1, min, max, max + 1].map((amount) => takes(name, amount));
    expect([name, ...taken]).toEqual([name, false, true, true, false]);
  }
  for (const name of Object.keys(bounds) as (keyof typeof bounds)[]) {
    expect(requestBounds[name].max).toBeLessThanOrEqual(bounds[name].max);
  }
  expect(labRequest.shape.store.unwrap().options).toEqual(labStores);
});
