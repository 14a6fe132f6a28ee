import type { FastifyRequest } from 'fastify';
import { describe, expect, test } from 'vitest';
import { Operators } from '../../src/http/operators.js';
import type { WorkersAnswer } from '../../src/web/api.js';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { sharedFakeApp } from './fake-context.js';
import { adminToken, sharedApp } from './test-app.js';

const app = sharedApp({ events: { gala: anEvent(10) }, env: { STORE: 'ledger' } });
const injectFake = sharedFakeApp();

/** What a proxy adds: the client is on another machine. */
const forwarded = { 'x-forwarded-for': '203.0.113.7' };
const withToken = { authorization: `Bearer ${adminToken}` };
const withWrongToken = { authorization: 'Bearer another-token-of-the-tests' };

const fetchWith = (path: string, headers: Record<string, string>) => app().fetch(path, { headers });
const workersFor = async (headers: Record<string, string>) =>
  ((await (await fetchWith('/workers', headers)).json()) as WorkersAnswer).workers;

describe.each(['/ledger', '/metrics'])('%s', (path) => {
  test('is answered to this machine, and to an operator elsewhere', async () => {
    for (const headers of [{}, { ...forwarded, ...withToken }, withToken]) {
      expect((await fetchWith(path, headers)).status).toBe(200);
    }
  });

  test.each([
    ['no token, through a proxy', forwarded],
    ['a wrong token, through a proxy', { ...forwarded, ...withWrongToken }],
    ['a wrong token on this machine', withWrongToken],
    ['another scheme, through a proxy', { ...forwarded, authorization: 'Basic YTpi' }],
    ['a part of the token', { ...forwarded, authorization: `Bearer ${adminToken.slice(0, -1)}` }],
    ['a Host that is not this machine', { host: '192.168.1.5' }],
  ])('is rejected with 401: %s', async (_what, headers) => {
    await expectProblem(await fetchWith(path, headers), 401, 'unauthorized');
  });

  test('is rejected with 401 if another machine asks', async () => {
    const request = { url: path, remoteAddress: '203.0.113.7' };
    // The fake server has no token, so nothing but its own machine may ask.
    await expectProblem(await injectFake({}, request), 403, 'no-admin-token');
  });
});

describe('/workers', () => {
  test('tells this machine and operators everything', async () => {
    for (const headers of [{}, { ...forwarded, ...withToken }]) {
      expect(Object.keys((await workersFor(headers))[0] ?? {})).toContain('pid');
    }
  });

  test('tells others how many workers there are, and whether they live', async () => {
    expect(await workersFor(forwarded)).toEqual([
      { name: 'worker-1', alive: true, state: 'alive' },
    ]);
  });

  test('rejects a wrong token', async () => {
    const answer = await fetchWith('/workers', { ...forwarded, ...withWrongToken });
    await expectProblem(answer, 401, 'unauthorized');
  });
});

test('METRICS=open answers scrapers without a token', async () => {
  const request = { url: '/metrics', headers: forwarded };
  expect((await injectFake({ openMetrics: true }, request)).status).toBe(200);
  // Negative control: otherwise the same request is rejected.
  expect((await injectFake({}, request)).status).toBe(403);
});

describe('without an admin token', () => {
  const from = (remoteAddress: string, headers = {}) =>
    ({
      headers: { host: 'localhost', ...headers },
      raw: { socket: { remoteAddress } },
    }) as unknown as FastifyRequest;
  const operators = new Operators(undefined);

  test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.9.9.9'])(
    '%s is an operator',
    (address) => {
      expect(operators.includes(from(address))).toBe(true);
    },
  );

  test.each(['203.0.113.7', '::ffff:10.0.0.1', '10.127.0.0', ''])('%j is none', (address) => {
    expect(operators.includes(from(address))).toBe(false);
    expect(operators.includes(from(address, withToken))).toBe(false);
    expect(() => operators.require(from(address))).toThrow(/ADMIN_TOKEN/);
  });
});
