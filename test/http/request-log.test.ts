import type { InjectOptions } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { aBuy, buildFakeApp } from './fake-context.js';

const lines: { level: number; msg: string; err?: { message: string } }[] = [];
const logger = pino({ level: 'trace' }, { write: (line) => lines.push(JSON.parse(line)) });

const search: InjectOptions = { method: 'GET', url: '/search' };
const broken = () => Promise.reject(new Error('the disk is on fire'));

let app: Awaited<ReturnType<typeof buildFakeApp>>;
let brokenApp: typeof app;
beforeAll(async () => {
  app = await buildFakeApp({}, logger);
  brokenApp = await buildFakeApp({ store: { search: broken }, queue: { submit: broken } }, logger);
});
afterAll(() => Promise.all([app.close(), brokenApp.close()]));
beforeEach(() => {
  lines.length = 0;
});

test.each([
  ['an answered request', search],
  ['a rejected purchase', aBuy],
  ['a malformed body', { ...aBuy, payload: '{' }],
  ['a path without a route', { method: 'GET', url: '/nowhere' } as const],
  ['a path that cannot be decoded', { method: 'GET', url: '/%' } as const],
])('%s is not logged', async (_what, request) => {
  await app.inject(request);
  expect(lines).toEqual([]);
});

test('Fastify itself logs to it, such as the address that it listens on', async () => {
  await app.listen({ port: 0, host: '127.0.0.1' });
  expect(lines).toMatchObject([{ level: 30, msg: expect.stringContaining('http://127.0.0.1') }]);
});

test.each([
  ['an unexpected error', 'request failed', aBuy],
  ['a read that failed', 'upstream read failed', search],
])('%s is logged once, with its cause', async (_what, msg, request) => {
  await brokenApp.inject(request);
  expect(lines).toMatchObject([{ level: 50, msg, err: { message: 'the disk is on fire' } }]);
});
