import { Agent } from 'node:http';
import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { ask } from './ask.js';
import { expectProblem } from './expect-problem.js';
import { sendRaw } from './raw.js';
import { filesOf, sharedOffice } from './shared-office.js';

const office = sharedOffice({ events: { gala: anEvent(100) } });

test('HEAD /search has the headers of GET, and no body', async () => {
  const get = await office().fetch('/search?limit=1');
  const head = await office().fetch('/search?limit=1', { method: 'HEAD' });
  expect(head.status).toBe(200);
  for (const name of ['content-type', 'content-length', 'etag', 'cache-control']) {
    expect(head.headers.get(name)).toBe(get.headers.get(name));
    expect(head.headers.get(name)).not.toBeNull();
  }
  expect(await head.text()).toBe('');
  const again = await office().fetch('/search?limit=1', {
    method: 'HEAD',
    headers: { 'if-none-match': get.headers.get('etag') ?? '' },
  });
  expect(again.status).toBe(304);
});

test('a connection lasts over answers of every kind', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const json = { 'content-type': 'application/json' };
  const body = '{"eventId":"gala","customer":"Ada"}';
  const asked: [path: string, method: string, body: string | undefined, status: number][] = [
    ['/search', 'GET', undefined, 200],
    ['/buy', 'POST', body, 201],
    ['/buy', 'POST', '{}', 400],
    ['/buy', 'DELETE', undefined, 405],
    ['/nothing-here', 'POST', body, 404],
    ['/livez', 'GET', undefined, 200],
  ];
  for (const [index, [path, method, content, status]] of asked.entries()) {
    const question = { method, agent, headers: json, ...(content ? { body: content } : {}) };
    const { answer, onOpenConnection } = await ask(new URL(path, office().url), question);
    expect([path, answer.status, onOpenConnection]).toEqual([path, status, index > 0]);
  }
  agent.destroy();
});

test('pipelined requests are answered in order, each with its own answer', async () => {
  const buy = (customer: string) => {
    const body = JSON.stringify({ eventId: 'gala', customer });
    const head = 'POST /buy HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  };
  const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
  const before = office().receipts().length;
  const answers = await sendRaw(
    office().url,
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
  expect(office().receipts()).toHaveLength(before + 3);
});

test('a client that leaves in the middle of its body buys nothing', async () => {
  const before = filesOf(office());
  const controller = new AbortController();
  const half = new ReadableStream({
    start: (stream) => stream.enqueue(Buffer.from('{"eventId":"gala",')),
  });
  const asked = office().fetch('/buy', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: half,
    duplex: 'half',
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(), 100);
  await expect(asked).rejects.toThrow(/abort/);
  expect((await office().fetch('/livez')).status).toBe(200);
  expect(filesOf(office())).toEqual(before);
});

describe('a request that comes too slowly is ended, and told so', () => {
  const buying = 'POST /buy HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

  test.concurrent.each([
    ['headers that do not end', 'GET /search HTTP/1.1\r\nHost: x\r\n'],
    ['a body that does not come', `${buying}Content-Length: 100\r\n\r\n{`],
    ['half a line', 'POST /bu'],
    ['nothing', ''],
  ])('%s: 408 within 15 s', async (_what, bytes) => {
    const sentAt = performance.now();
    const [answer, ...more] = await sendRaw(office().url, bytes);
    expect(performance.now() - sentAt).toBeLessThan(15_000);
    await expectProblem(answer ?? Response.error(), 408, 'request-timeout');
    expect(more).toEqual([]);
  });
});
