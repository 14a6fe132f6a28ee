import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listen } from '../../src/app/listen.js';
import { listenAddresses, resolvePort } from '../../src/cluster/listen-address.js';
import { readSettings } from '../../src/settings.js';
import { expectProblem } from '../http/expect-problem.js';
import { buildFakeApp } from '../http/fake-context.js';
import { sendRaw } from '../http/raw.js';

const hasIpv6 = await new Promise<boolean>((resolve) => {
  const server = createServer().once('error', () => resolve(false));
  server.listen(0, '::1', () => server.close(() => resolve(true)));
});

/** An app that listens on these addresses; returns the URL of each. */
async function listenOn(
  addresses: readonly string[],
  port = 0,
  app: FastifyInstance = Fastify(),
): Promise<URL[]> {
  onTestFinished(() => app.close());
  const others = await listen(app, addresses, port);
  onTestFinished(() => {
    for (const other of others) other.close();
  });
  const bound = (app.server.address() as AddressInfo).port;
  return addresses.map((address) => {
    const host = address.includes(':') ? `[${address}]` : address;
    return new URL(`http://${host}:${bound}`);
  });
}

describe.runIf(hasIpv6)('a server on both addresses of localhost', () => {
  test.each([
    ['Upgrade', 'Connection: close, Upgrade\r\nUpgrade: foo\r\n', 200],
    ['an unknown expectation', 'Expect: tea\r\nConnection: close\r\n', 200],
    ['headers that are too large', `X: ${'a'.repeat(20_000)}\r\n`, 431],
  ])('answers %s alike on both', async (_what, lines, status) => {
    const app = await buildFakeApp({});
    for (const url of await listenOn(['127.0.0.1', '::1'], 0, app)) {
      const [answer] = await sendRaw(url, `GET /livez HTTP/1.1\r\nHost: localhost\r\n${lines}\r\n`);
      expect([url.host, answer?.status]).toEqual([url.host, status]);
      if (status === 431) await expectProblem(answer as Response, 431, 'headers-too-large');
    }
  });

  test.each([
    ['127.0.0.1', '::1'],
    ['::1', '127.0.0.1'],
  ])('rejects to open if another program has %s', async (taken, free) => {
    const other = createServer().listen(0, taken);
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(listenOn([free, taken], port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(listenOn([taken, free], port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

test('an address that this machine lacks is left out, unless it is the only one', async () => {
  const lacked = '203.0.113.1'; // of no machine (RFC 5737)
  const [, url] = await listenOn([lacked, '127.0.0.1']);
  const get = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  const [answer] = await sendRaw(url as URL, get);
  expect(answer?.status).toBe(404); // of an app without routes
  await expect(listenOn([lacked])).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
});

describe('the port', () => {
  test('is rejected before the workers start if it is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    for (const HOST of ['127.0.0.1', 'localhost']) {
      const settings = readSettings({ HOST, PORT: String(port) });
      await expect(resolvePort(settings)).rejects.toThrow(
        `PORT is "${port}": it takes a port that is not in use`,
      );
    }
  });

  test('0 finds one that is free on every address', async () => {
    const port = await resolvePort(readSettings({ HOST: 'localhost', PORT: '0' }));
    // Not one that the system gives to a connection before the first worker listens.
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
    const addresses = await listenAddresses('localhost');
    expect(addresses).toContain('127.0.0.1');
    expect(await listenAddresses('0.0.0.0')).toEqual(['0.0.0.0']);
  });
});
