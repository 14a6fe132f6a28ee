import { afterEach, describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { TestServer } from '../support/office.js';
import { until } from '../support/processes.js';
import { expectProblem } from './expect-problem.js';
import { sharedOffice } from './shared-office.js';

const office = sharedOffice({
  env: { WORKERS: '2' },
  events: { gala: anEvent(100), other: anEvent(100) },
});

const listeners: AbortController[] = [];
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.abort();
});

/** Listens, and gathers what comes. */
async function listen(
  to: TestServer,
): Promise<{ answer: Response; heard: () => string; ended: () => boolean }> {
  const listener = new AbortController();
  listeners.push(listener);
  const answer = await to.fetch('/events', { signal: listener.signal });
  let heard = '';
  let ended = false;
  const read = async () => {
    for await (const bytes of answer.body ?? []) heard += Buffer.from(bytes).toString();
  };
  void read()
    .catch(() => {}) // it was aborted
    .finally(() => {
      ended = true;
    });
  return { answer, heard: () => heard, ended: () => ended };
}

describe('GET /events', () => {
  test('tells every listener what any worker sold, and only what changed', async () => {
    const streams = await Promise.all(Array.from({ length: 6 }, () => listen(office())));
    for (const { answer, heard } of streams) {
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'text/event-stream',
      ]);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
      await until('hello', () => heard().includes('event: hello\n'));
    }
    // Whoever listened before the first look at the store has been told nothing that was so before.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await office().buy({ eventId: 'gala', customer: 'Ada', quantity: 3 })).status).toBe(
      201,
    );
    for (const { heard } of streams) {
      await until('the sale is told', () => heard().includes('"gala":97'));
      expect(heard()).not.toContain('other');
      expect(heard()).not.toContain('Ada');
    }
  });

  test('a quiet stream is kept alive', async () => {
    const { heard } = await listen(office());
    await until('a word in the silence', () => heard().includes(': still here\n\n'), 10_000);
  });

  test('HEAD has the headers, and no stream', async () => {
    const answer = await office().fetch('/events', { method: 'HEAD' });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(await answer.text()).toBe('');
  });

  test('more listeners than there is room for are asked to come again, and buying goes on', async () => {
    const crowded = await TestServer.startForTest({ env: { WORKERS: '1' } });
    const streams = await Promise.all(Array.from({ length: 256 }, () => listen(crowded)));
    expect(new Set(streams.map(({ answer }) => answer.status))).toEqual(new Set([200]));
    const refused = await crowded.fetch('/events');
    expect(refused.headers.get('retry-after')).not.toBeNull();
    await expectProblem(refused, 503, 'unavailable');
    expect((await crowded.buy({ eventId: 'city-derby', customer: 'Ada' })).status).toBe(201);
    await until('all are told', () => streams.every(({ heard }) => heard().includes('39731')));
  });

  test('an office that closes ends its streams, and does not wait for them', async () => {
    const closing = await TestServer.startForTest({ env: { WORKERS: '1' } });
    const { ended } = await listen(closing);
    const askedAt = performance.now();
    expect((await closing.stop()).code).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(5_000);
    await until('the stream has ended', ended);
  });
});
