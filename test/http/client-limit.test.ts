import { describe, expect, test } from 'vitest';
import { ClientLimit, clientOf } from '../../src/http/client-limit.js';
import { until } from '../support/processes.js';
import { expectProblem } from './expect-problem.js';
import { sharedFakeApp } from './fake-context.js';

describe('a limit per client', () => {
  test('gives each client its places, and takes them back', () => {
    const limit = new ClientLimit(2);
    const leave = limit.enter('10.0.0.1');
    expect(limit.enter('10.0.0.1')).toBeDefined();
    expect(limit.enter('10.0.0.1')).toBeUndefined();
    expect(limit.enter('10.0.0.2')).toBeDefined();
    leave?.();
    expect(limit.enter('10.0.0.1')).toBeDefined();
    expect(limit.enter('10.0.0.1')).toBeUndefined();
  });

  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:1:2::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('counts %s as %s', (address, client) => {
    expect(clientOf(address)).toBe(client);
  });
});

describe('expensive requests', () => {
  const injectFake = sharedFakeApp();

  test('of one client are limited to 32 at once, and leave room for others', async () => {
    let answerAll = () => {};
    const answered = new Promise<void>((resolve) => {
      answerAll = resolve;
    });
    let underWay = 0;
    const find = () => {
      underWay++;
      return answered.then(() => undefined);
    };
    const fetchFrom = (remoteAddress: string, headers = {}) =>
      injectFake({ store: { find } }, { url: '/orders/none', remoteAddress, headers });

    await injectFake({}, { url: '/livez' }); // builds the routes that all requests share
    const waiting = Array.from({ length: 32 }, () => fetchFrom('203.0.113.7'));
    await until('all are under way', () => underWay === 32);
    const { detail } = await expectProblem(
      await fetchFrom('203.0.113.7', { 'x-forwarded-for': '198.51.100.1' }),
      429,
      'too-many-requests',
    );
    expect(detail).toMatch(/32 requests at once; .*203\.0\.113\.7.*TRUSTED_PROXIES/);
    const other = fetchFrom('203.0.113.8');
    // Cheap requests of the same client are not counted.
    const cheap = await injectFake({}, { url: '/search', remoteAddress: '203.0.113.7' });
    expect(cheap.status).toBe(200);
    answerAll();
    const statuses = await Promise.all(
      [...waiting, other].map(async (each) => (await each).status),
    );
    expect(statuses).toEqual(Array(33).fill(404));
    // The places are free again.
    expect((await fetchFrom('203.0.113.7')).status).toBe(404);
  });
});
