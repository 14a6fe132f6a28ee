import { connect } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { CLOSE_MS } from '../../src/cluster/timeouts.js';
import { anEvent } from '../support/folder.js';
import { until } from '../support/processes.js';
import { TestServer } from '../support/test-server.js';
import { expectProblem } from './expect-problem.js';
import { sharedServer } from './shared-server.js';
import { untilSalesAreHeard } from './stream-listener.js';

const server = sharedServer({
  env: { WORKERS: '2' },
  events: { gala: anEvent(100), other: anEvent(100) },
});

const listeners: AbortController[] = [];
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.abort();
});

/** Opens a stream and collects what it receives. */
async function listen(
  from: TestServer,
  headers: Record<string, string> = {},
): Promise<{ answer: Response; received: () => string; ended: () => boolean }> {
  const listener = new AbortController();
  listeners.push(listener);
  const answer = await from.fetch('/stream', { headers, signal: listener.signal });
  let received = '';
  let ended = false;
  const read = async () => {
    for await (const bytes of answer.body ?? []) received += Buffer.from(bytes).toString();
  };
  void read()
    .catch(() => {}) // it was aborted
    .finally(() => {
      ended = true;
    });
  return { answer, received: () => received, ended: () => ended };
}

describe('GET /stream', () => {
  test('sends every listener the sales of all workers, and only what changed', async () => {
    const streams = await Promise.all(Array.from({ length: 6 }, () => listen(server())));
    for (const { answer, received } of streams) {
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'text/event-stream',
      ]);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      await until('hello', () => received().includes('event: hello\n'));
    }
    await untilSalesAreHeard(server(), 'gala', ...streams.map(({ received }) => received));
    const before = await server().remaining('gala');
    expect((await server().buy({ eventId: 'gala', customer: 'Ada', quantity: 3 })).status).toBe(
      201,
    );
    for (const { received } of streams) {
      await until('the sale arrives', () => received().includes(`"gala":${before - 3}`));
      expect(received()).not.toContain('other');
      expect(received()).not.toContain('Ada');
    }
  });

  test('tells which events an operator creates, changes and removes', async () => {
    const { received } = await listen(server());
    await until('hello', () => received().includes('event: hello\n'));
    await untilSalesAreHeard(server(), 'gala', received);
    const { remaining: _r, issued: _i, revision: _v, ...details } = anEvent(5);
    const edit = (method: string, headers: Record<string, string>, body?: object) =>
      server().fetch('/events/new', {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const edits = () => [...received().matchAll(/event: edits\nid: \d+\ndata: (.*)\n/g)];
    const heard = async (number: number, edited: object) => {
      await until('the edit arrives', () => edits().length >= number);
      expect(JSON.parse(edits()[number - 1]?.[1] ?? '')).toEqual(edited);
    };
    expect((await edit('PUT', { 'if-none-match': '*' }, details)).status).toBe(201);
    await heard(1, { saved: ['new'], removed: [] });
    expect((await edit('PUT', { 'if-match': '"1"' }, { ...details, name: 'B' })).status).toBe(200);
    await heard(2, { saved: ['new'], removed: [] });
    expect((await edit('DELETE', { 'if-match': '"1"' })).status).toBe(412);
    expect((await edit('DELETE', { 'if-match': '"2"' })).status).toBe(204);
    await heard(3, { saved: [], removed: ['new'] });
    await server().buy({ eventId: 'gala', customer: 'Ada' });
    const remaining = await server().remaining('gala');
    await until('the sale arrives', () => received().includes(`"gala":${remaining}`));
    expect(edits()).toHaveLength(3); // a sale is no edit
  });

  test('keeps a quiet stream alive with comments', async () => {
    const { received } = await listen(server());
    await until('a comment', () => received().includes(': still here\n\n'));
  });

  test('answers HEAD with the headers and no stream', async () => {
    const answer = await server().fetch('/stream', { method: 'HEAD' });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(await answer.text()).toBe('');
  });

  test('rejects listener 257 with 503, while buying still works', async () => {
    const crowded = await TestServer.startForTest({
      env: { WORKERS: '1', TRUSTED_PROXIES: 'loopback' },
    });
    const client = (number: number) => ({
      'x-forwarded-for': `203.0.113.${Math.trunc(number / 64)}`,
    });
    const streams = await Promise.all(
      Array.from({ length: 256 }, (_, number) => listen(crowded, client(number))),
    );
    expect(new Set(streams.map(({ answer }) => answer.status))).toEqual(new Set([200]));
    const rejected = await crowded.fetch('/stream', { headers: client(256) });
    expect(rejected.headers.get('retry-after')).not.toBeNull();
    await expectProblem(rejected, 503, 'unavailable');
    expect((await crowded.buy({ eventId: 'city-derby', customer: 'Ada' })).status).toBe(201);
    await untilSalesAreHeard(crowded, 'city-derby', ...streams.map(({ received }) => received));
  });

  test('rejects stream 65 of one client with 429, and serves the next client', async () => {
    const crowded = await TestServer.startForTest({ env: { WORKERS: '1' } });
    const streams = await Promise.all(Array.from({ length: 64 }, () => listen(crowded)));
    expect(new Set(streams.map(({ answer }) => answer.status))).toEqual(new Set([200]));
    const rejected = await crowded.fetch('/stream');
    const { detail } = await expectProblem(rejected, 429, 'too-many-requests');
    expect(detail).toBe('The limit is 64 streams at once');
    // Without TRUSTED_PROXIES, nobody escapes the limit by claiming to be another client.
    const forwarded = { headers: { 'x-forwarded-for': '203.0.113.7' } };
    const { detail: why } = await expectProblem(
      await crowded.fetch('/stream', forwarded),
      429,
      'too-many-requests',
    );
    expect(why).toContain('TRUSTED_PROXIES');

    const other = connect({
      ...{ host: '127.0.0.1', port: Number(crowded.url.port) },
      localAddress: process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1',
    });
    onTestFinished(() => void other.destroy());
    if (process.platform !== 'linux') listeners.shift()?.abort(); // it has one loopback address
    let received = '';
    other.on('data', (bytes) => {
      received += bytes;
    });
    other.write('GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until('the other client gets a stream', () => received.includes('event: hello'));

    // A client that leaves gives its places back.
    for (const listener of listeners.splice(0)) listener.abort();
    await until('there is a place', async () => {
      const { answer } = await listen(crowded);
      return answer.status === 200;
    });
  });

  test('is not buffered by nginx', async () => {
    const { answer } = await listen(server());
    expect(answer.headers.get('x-accel-buffering')).toBe('no');
  });

  test('ends its streams when the server closes, without waiting for the clients', async () => {
    const closing = await TestServer.startForTest({ env: { WORKERS: '1' } });
    const { ended } = await listen(closing);
    const stoppedAt = performance.now();
    expect((await closing.stop()).code).toBe(0);
    expect(performance.now() - stoppedAt).toBeLessThan(CLOSE_MS); // then its worker would be killed
    await until('the stream has ended', ended);
  });
});
