import { pino } from 'pino';
import { beforeAll, describe, expect, test } from 'vitest';
import { createWorker } from '../../src/app/create-worker.js';
import { dependencies } from '../../src/app/dependencies.js';
import { hostNameOf } from '../../src/http/host-check.js';
import { readSettings } from '../../src/settings.js';
import { anEvent, testFolder } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { readFiles } from './files.js';
import { sendRaw } from './raw.js';
import { inject, sharedApp, withoutOutbox } from './test-app.js';

const events = { gala: anEvent(10) };
const app = sharedApp({ events, env: { ALLOWED_HOSTS: 'tickets.example, Shop.example' } });
let url: URL;
beforeAll(async () => {
  url = await app().listen();
});

/** A name of an attacker that resolves to 127.0.0.1. The browser calls page and server one origin. */
const rebound = { host: 'evil.example:3000', origin: 'http://evil.example:3000' };
const buyRequest = { method: 'POST', url: '/buy', payload: { eventId: 'gala', customer: 'Ada' } };

describe('a request by another name', () => {
  test('buys nothing, and the answer says what to do', async () => {
    const before = readFiles(app());
    const answer = await app().buy(buyRequest.payload, rebound);
    const { detail } = await expectProblem(answer, 421, 'unknown-host');
    expect(detail).toContain('"evil.example"');
    expect(detail).toContain('ALLOWED_HOSTS');
    expect(readFiles(app())).toEqual(before);
  });

  test.each([
    ...['/', '/search', '/workers', '/ledger', '/verdict', '/metrics', '/readyz', '/stream'],
    ...['/orders/none', '/openapi.json', '/docs', '/page/assets/none.js', '/lab/scenarios'],
    ...['/orders', '/orders.csv', '/doors/code', '/events/gala', '/problems/sold-out'],
    '/nothing-here',
  ])('cannot read %s', async (path) => {
    await expectProblem(await app().fetch(path, { headers: rebound }), 421, 'unknown-host');
  });

  test('negative control: a server for other machines that knows no names sells', async () => {
    const folder = testFolder(events);
    const settings = readSettings({ DATA_DIR: folder, HOST: '0.0.0.0' });
    await dependencies.stores.json.prepare(folder);
    const worker = await createWorker(settings, dependencies, {
      log: pino({ level: 'silent' }),
      requestLog: pino({ level: 'silent' }),
      workers: async () => [],
      metrics: async () => '',
      outbox: withoutOutbox,
      onFault: () => {},
    });
    const answer = await inject(worker.app, { ...buyRequest, method: 'POST', headers: rebound });
    await worker.close();
    expect(answer.status).toBe(201);
  });
});

test.each([
  ...['127.0.0.1:3000', '192.168.1.5', '[::1]:3000', '[fe80::1]', 'localhost', 'LOCALHOST:80'],
  ...['localhost.', 'tickets.example', 'Tickets.Example:8080', 'shop.example.:80'],
])('a request to %s is answered', async (host) => {
  expect((await app().fetch('/livez', { headers: { host } })).status).toBe(200);
});

test.each([
  ...['127.0.0.1.evil.example', 'localhost.evil.example', 'evil.example', 'tickets.example.evil'],
  ...['[evil.example]', 'evil.example:80:80', 'localhost@evil.example', '127.0.0.1 evil'],
])('a request to %j is rejected', async (host) => {
  expect((await app().fetch('/livez', { headers: { host } })).status).toBe(421);
});

test.each([
  ['the first', 'Host: localhost\r\nHost: evil.example'],
  ['the second', 'Host: evil.example\r\nhost: localhost'],
  ['both', 'Host: localhost\r\nHost: localhost'],
])('two Hosts are rejected with 400, also if %s is known', async (_what, lines) => {
  const request = `GET /livez HTTP/1.1\r\n${lines}\r\nConnection: close\r\n\r\n`;
  const [answer] = await sendRaw(url, request);
  await expectProblem(answer ?? Response.error(), 400, 'malformed');
});

test.each([
  ['Localhost:3000', 'localhost'],
  ['[2001:DB8::1]:443', '2001:db8::1'],
  ['a.example.', 'a.example'],
])('the name in %s is %s', (host, name) => {
  expect(hostNameOf(host)).toBe(name);
});
