import { describe, expect, test } from 'vitest';
import { Fault, type FaultCode } from '../../src/booking/faults.js';
import { expectProblem } from './expect-problem.js';
import { aBuy, sharedFake } from './fake-office.js';

/** The kind of each fault, and whether its buyer may be sure that nothing was sold. */
const faults = {
  QUEUE_FULL: ['busy', true],
  DRAINING: ['draining', true],
  LOCK_TIMEOUT: ['lock-timeout', true],
  GIVEN_UP: ['timeout', false],
  STORAGE: ['storage-unavailable', false],
  UNREACHABLE: ['database-unavailable', true],
  COMMIT_UNKNOWN: ['commit-unknown', false],
  SYNC_FAILED: ['storage-unavailable', false],
  DAMAGED: ['storage-unavailable', false],
} as const satisfies Record<FaultCode, readonly [string, boolean]>;

const askFake = sharedFake();

const broken = () => Promise.reject(new Error('secret /srv/disk is on fire'));
const silent = () => new Promise<never>(() => {});

describe.each(Object.entries(faults))('a buy that meets %s', (code, [type, nothingSold]) => {
  test(`answers 503 ${type}${nothingSold ? ' and that nothing was sold' : ''}`, async () => {
    const buy = () => Promise.reject(new Fault(code as FaultCode, 'secret'));
    const problem = await expectProblem(await askFake({ queue: { buy } }, aBuy), 503, type);
    expect(/nothing was sold/.test(JSON.stringify(problem))).toBe(nothingSold);
    expect(JSON.stringify(problem)).not.toContain('secret');
  });
});

describe('an error that nobody expected', () => {
  test.each([['POST /buy', { queue: { buy: broken } }, aBuy]])(
    'in %s: 500, and not a word of why',
    async (_route, dependencies, question) => {
      const problem = await expectProblem(await askFake(dependencies, question), 500, 'internal');
      expect(Object.keys(problem).sort()).toEqual(['status', 'title', 'type']);
      expect(JSON.stringify(problem)).not.toMatch(/secret|srv|fire/);
    },
  );
});

describe('a primary that does not answer', () => {
  test.each([
    ['/workers', { workers: broken }],
    ['/metrics', { metrics: broken }],
  ])('%s: 503', async (url, dependencies) => {
    await expectProblem(await askFake(dependencies, { url }), 503, 'unavailable');
  });
});

describe('a store that cannot be read', () => {
  test.each([
    ['/search', { search: broken }],
    ['/readyz', { search: broken }],
    ['/verdict', { history: broken }],
    ['/orders/0-aaaaaaaaaaaaaaaa', { find: broken }],
  ])('%s: 503', async (url, store) => {
    await expectProblem(await askFake({ store }, { url }), 503, 'storage-unavailable');
  });
});

describe('an answer that does not come', () => {
  test('a buy that the queue gives up on: 503, and it is unknown whether it was sold', async () => {
    const buy = () => Promise.reject(new Fault('GIVEN_UP', 'it took too long'));
    const answer = await askFake({ queue: { buy } }, aBuy);
    const { title } = await expectProblem(answer, 503, 'timeout');
    expect(title).toContain('unknown');
  });

  test('a search: 503', async () => {
    const dependencies = { store: { search: silent }, handlerTimeoutMs: 30 };
    await expectProblem(await askFake(dependencies, { url: '/search' }), 503, 'timeout');
  });
});

describe('an office that closes', () => {
  const draining = { queue: { draining: true } };

  test('is not ready, but alive', async () => {
    await expectProblem(await askFake(draining, { url: '/readyz' }), 503, 'draining');
    expect((await askFake(draining, { url: '/livez' })).status).toBe(200);
  });

  test.each([
    ['/search', 200],
    ['/livez', 200],
    ['/nothing-here', 404],
  ])('ends the connection with its answer to %s', async (url, status) => {
    const closing = await askFake(draining, { url });
    expect([closing.status, closing.headers.get('connection')]).toEqual([status, 'close']);
    const open = await askFake({}, { url });
    expect([open.status, open.headers.get('connection')]).toEqual([status, 'keep-alive']);
  });
});
