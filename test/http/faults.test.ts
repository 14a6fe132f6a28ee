import { describe, expect, test } from 'vitest';
import { Fault, type FaultCode } from '../../src/booking/faults.js';
import { expectProblem } from './expect-problem.js';
import { aBuy, sharedFakeApp } from './fake-context.js';

/** The problem that each fault is answered with, and whether it guarantees that nothing was sold. */
const faults = {
  QUEUE_FULL: ['busy', true],
  DRAINING: ['draining', true],
  LOCK_TIMEOUT: ['lock-timeout', true],
  LOCK_LOST: ['lock-lost', true],
  GIVEN_UP: ['timeout', false],
  STORAGE: ['storage-unavailable', false],
  UNREACHABLE: ['database-unavailable', true],
  COMMIT_UNKNOWN: ['commit-unknown', false],
  SYNC_FAILED: ['storage-unavailable', false],
  DAMAGED: ['storage-unavailable', false],
} as const satisfies Record<FaultCode, readonly [string, boolean]>;

const injectFake = sharedFakeApp();

const broken = () => Promise.reject(new Error('secret /srv/disk is on fire'));
const silent = () => new Promise<never>(() => {});

describe.each(Object.entries(faults))('a buy that fails with %s', (code, [type, nothingSold]) => {
  test(`is answered with 503 ${type}${nothingSold ? ' and "nothing was sold"' : ''}`, async () => {
    const submit = () => Promise.reject(new Fault(code as FaultCode, 'secret'));
    const problem = await expectProblem(await injectFake({ queue: { submit } }, aBuy), 503, type);
    expect(/nothing was sold/.test(JSON.stringify(problem))).toBe(nothingSold);
    expect(JSON.stringify(problem)).not.toContain('secret');
  });
});

describe('an unexpected error', () => {
  test.each([['POST /buy', { queue: { submit: broken } }, aBuy]])(
    'in %s is answered with 500, without its message',
    async (_route, dependencies, question) => {
      const problem = await expectProblem(
        await injectFake(dependencies, question),
        500,
        'internal',
      );
      expect(Object.keys(problem).sort()).toEqual(['status', 'title', 'type']);
      expect(JSON.stringify(problem)).not.toMatch(/secret|srv|fire/);
    },
  );
});

describe('if the primary does not answer', () => {
  test.each([
    ['/workers', { workers: broken }],
    ['/metrics', { metrics: broken }],
  ])('%s is answered with 503', async (url, dependencies) => {
    await expectProblem(await injectFake(dependencies, { url }), 503, 'unavailable');
  });
});

describe('if the store cannot be read', () => {
  test.each([
    ['/search', { search: broken }],
    ['/readyz', { search: broken }],
    ['/verdict', { history: broken }],
    ['/orders/0-aaaaaaaaaaaaaaaa', { find: broken }],
  ])('%s is answered with 503', async (url, store) => {
    await expectProblem(await injectFake({ store }, { url }), 503, 'storage-unavailable');
  });
});

describe('/readyz', () => {
  test.each([
    [{ canSell: true }, { status: 'ready' }],
    [
      { canSell: true, problem: 'full' },
      { status: 'degraded', problem: 'full' },
    ],
  ])('with the health %j is 200', async (health, body) => {
    const answer = await injectFake({ health: async () => health }, { url: '/readyz' });
    expect([answer.status, await answer.json()]).toEqual([200, body]);
  });

  test('is 503 while nothing can be sold, and says why', async () => {
    const health = async () => ({ canSell: false, problem: 'read-only' });
    const answer = await injectFake({ health }, { url: '/readyz' });
    const { detail } = await expectProblem(answer, 503, 'storage-unavailable');
    expect(detail).toBe('read-only');
  });
});

describe('a timeout', () => {
  test('of a buy in the queue is answered with 503: the outcome is unknown', async () => {
    const submit = () => Promise.reject(new Fault('GIVEN_UP', 'it took too long'));
    const answer = await injectFake({ queue: { submit } }, aBuy);
    const { title } = await expectProblem(answer, 503, 'timeout');
    expect(title).toContain('unknown');
  });

  test('of a search is answered with 503', async () => {
    const dependencies = { store: { search: silent }, handlerTimeoutMs: 30 };
    await expectProblem(await injectFake(dependencies, { url: '/search' }), 503, 'timeout');
  });
});

test('metrics are there while the store cannot be read: they say what is wrong', async () => {
  const answer = await injectFake({ store: { search: broken } }, { url: '/metrics' });
  expect(answer.status).toBe(200);
  expect(await answer.text()).not.toContain('turnstile_tickets_remaining{');
});

describe('a draining worker', () => {
  const draining = { queue: { draining: true } };

  test('is not ready, but alive', async () => {
    await expectProblem(await injectFake(draining, { url: '/readyz' }), 503, 'draining');
    expect((await injectFake(draining, { url: '/livez' })).status).toBe(200);
  });

  test.each([
    ['/search', 200],
    ['/livez', 200],
    ['/nothing-here', 404],
  ])('closes the connection with its answer to %s', async (url, status) => {
    const closing = await injectFake(draining, { url });
    expect([closing.status, closing.headers.get('connection')]).toEqual([status, 'close']);
    const open = await injectFake({}, { url });
    expect([open.status, open.headers.get('connection')]).toEqual([status, 'keep-alive']);
  });
});
