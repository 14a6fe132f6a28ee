import { Agent } from 'node:http';
import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { readFiles } from './files.js';
import { sendRaw } from './raw.js';
import { send } from './send.js';
import { sharedServer } from './shared-server.js';

const server = sharedServer({ events: { gala: anEvent(100) } });

test('a rejected HEAD request is answered without a body', async () => {
  const { answer } = await send(new URL('/buy', server().url), { method: 'HEAD' });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  expect(await answer.text()).toBe('');
});

test('a connection stays open after answers of every kind', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const json = { 'content-type': 'application/json' };
  const body = '{"eventId":"gala","customer":"Ada"}';
  const requests: [path: string, method: string, body: string | undefined, status: number][] = [
    ['/search', 'GET', undefined, 200],
    ['/buy', 'POST', body, 201],
    ['/buy', 'POST', '{}', 400],
    ['/buy', 'DELETE', undefined, 405],
    ['/nothing-here', 'POST', body, 404],
    ['/livez', 'GET', undefined, 200],
  ];
  for (const [index, [path, method, content, status]] of requests.entries()) {
    const options = { method, agent, headers: json, ...(content ? { body: content } : {}) };
    const { answer, reusedConnection } = await send(new URL(path, server().url), options);
    expect([path, answer.status, reusedConnection]).toEqual([path, status, index > 0]);
  }
  agent.destroy();
});

test('pipelined requests are answered in order', async () => {
  const buy = (customer: string) => {
    const body = JSON.stringify({ eventId: 'gala', customer });
    const head = 'POST /buy HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  };
  const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
  const before = server().receipts().length;
  const answers = await sendRaw(
    server().url,
    [
      ...[buy('first'), get('/livez'), buy('second'), get('/nothing-here')],
      ...[buy('third'), get('/search', 'Connection: close\r\n')],
    ].join(''),
  );
  expect(answers.map(({ status }) => status)).toEqual([201, 200, 201, 404, 201, 200]);
  const results = (await Promise.all(answers.map((answer) => answer.json()))) as {
    customer?: string;
    serials?: number[];
  }[];
  expect(results.flatMap(({ customer }) => customer ?? [])).toEqual(['first', 'second', 'third']);
  const serials = results.flatMap((each) => each.serials ?? []);
  expect(new Set(serials).size).toBe(3);
  expect(server().receipts()).toHaveLength(before + 3);
});

test('a client that disconnects while it sends its body buys nothing', async () => {
  const before = readFiles(server());
  const controller = new AbortController();
  const half = new ReadableStream({
    start: (stream) => stream.enqueue(Buffer.from('{"eventId":"gala",')),
  });
  const answer = server().fetch('/buy', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: half,
    duplex: 'half',
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(), 100);
  await expect(answer).rejects.toThrow(/abort/);
  expect((await server().fetch('/livez')).status).toBe(200);
  expect(readFiles(server())).toEqual(before);
});

describe('a request that arrives too slowly is answered with 408', () => {
  const buying = 'POST /buy HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

  test.concurrent.each([
    ['incomplete headers', 'GET /search HTTP/1.1\r\nHost: localhost\r\n'],
    ['an incomplete body', `${buying}Content-Length: 100\r\n\r\n{`],
    ['half a request line', 'POST /bu'],
    ['no bytes', ''],
  ])('%s', async (_what, bytes) => {
    const sentAt = performance.now();
    const [answer, ...more] = await sendRaw(server().url, bytes);
    expect(performance.now() - sentAt).toBeLessThan(30_000); // after some 12 s, if the machine is idle
    await expectProblem(answer ?? Response.error(), 408, 'request-timeout');
    expect(more).toEqual([]);
  });
});
