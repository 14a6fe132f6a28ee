import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { adminToken, sharedApp } from './test-app.js';

const events = { gala: anEvent(50) };
const shop = 'https://shop.example';
const open = sharedApp({ events, env: { CORS_ORIGINS: `${shop}, http://localhost:5173` } });
const closed = sharedApp({ events });

const preflight = (origin: string, method: string, headers = 'content-type,idempotency-key') => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': method,
    'access-control-request-headers': headers,
  },
});
const allowedOrigin = ({ headers }: Response) => headers.get('access-control-allow-origin');

describe('a page of an origin in CORS_ORIGINS', () => {
  test('may search, hold and buy, and read the answers', async () => {
    const asked = await open().fetch('/holds', preflight(shop, 'POST'));
    expect([asked.status, allowedOrigin(asked)]).toEqual([204, shop]);
    const body = { eventId: 'gala', customer: 'Ada' };
    const fromShop = { origin: shop, 'sec-fetch-site': 'cross-site' };
    const held = await open().post('/holds', body, fromShop);
    expect([held.status, allowedOrigin(held)]).toEqual([201, shop]);
    expect(held.headers.get('access-control-expose-headers')).toContain('Location');
    expect(held.headers.get('vary')).toContain('Origin');
    // Problems, too: the page could not say what is wrong.
    const wrong = await open().post('/holds', { ...body, eventId: 'none' }, fromShop);
    expect(allowedOrigin(wrong)).toBe(shop);
    await expectProblem(wrong, 404, 'unknown-event');
  });

  test('is no operator: it may send neither a token nor an edit', async () => {
    const asked = await open().fetch('/orders', preflight(shop, 'PUT', 'authorization'));
    expect(asked.headers.get('access-control-allow-methods')).not.toContain('PUT');
    expect(asked.headers.get('access-control-allow-headers')).not.toMatch(/authorization/i);
  });

  // The browser of an operator on the machine of the server sends them from there.
  test.each(['/orders', '/orders.csv', '/doors/code', '/metrics'])(
    'cannot read %s from the machine of the server',
    async (path) => {
      for (const headers of [{ origin: shop }, { 'sec-fetch-site': 'cross-site' }]) {
        const answer = await open().fetch(path, { headers: headers as Record<string, string> });
        await expectProblem(answer, 401, 'unauthorized');
      }
      // Negative control: the same request is answered if no browser says that it is from elsewhere.
      expect((await open().fetch(path)).status).toBe(200);
      const authorization = `Bearer ${adminToken}`;
      expect((await open().fetch(path, { headers: { authorization } })).status).toBe(200);
    },
  );

  test('gets the usual answers where there is nothing', async () => {
    await expectProblem(await open().fetch('/nothing-here'), 404, 'unknown-route');
    await expectProblem(
      await open().fetch('/search', { method: 'POST' }),
      405,
      'method-not-allowed',
    );
  });
});

describe('other origins', () => {
  test.each(['https://elsewhere.example', 'http://shop.example', 'null'])('%s', async (origin) => {
    const asked = await open().fetch('/holds', preflight(origin, 'POST'));
    expect(allowedOrigin(asked)).toBeNull();
    expect(allowedOrigin(await open().fetch('/search', { headers: { origin } }))).toBeNull();
  });

  test('are all of them, unless CORS_ORIGINS is set', async () => {
    await expectProblem(
      await closed().fetch('/holds', preflight(shop, 'POST')),
      405,
      'method-not-allowed',
    );
    const answer = await closed().fetch('/search', { headers: { origin: shop } });
    expect([answer.status, allowedOrigin(answer)]).toEqual([200, null]);
  });
});
