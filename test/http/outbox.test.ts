import { describe, expect, test } from 'vitest';
import type { OutboxControl } from '../../src/http/app-context.js';
import { ApiDocument } from './api-document.js';
import { expectProblem } from './expect-problem.js';
import { sharedFakeApp } from './fake-context.js';
import { sharedApp } from './test-app.js';

const injectFake = sharedFakeApp();
const app = sharedApp();

const order = { kind: 'sold', orderId: 'one', eventId: 'gala' };
const store = { find: async (id: string) => (id === 'one' ? order : undefined) as never };
const resend = { method: 'POST', url: '/orders/one/resend' } as const;

describe('POST /orders/ID/resend', () => {
  test('leaves the order for the process that delivers', async () => {
    const asked: object[] = [];
    const outbox: OutboxControl = {
      status: async () => ({ webhook: 'on' }),
      async resend(order) {
        asked.push(order);
        return 'queued';
      },
    };
    const answer = await injectFake({ store, outbox }, resend);
    expect([answer.status, await answer.json()]).toEqual([
      202,
      { orderId: 'one', status: 'queued' },
    ]);
    expect(asked).toMatchObject([{ orderId: 'one', eventId: 'gala' }]);
  });

  test('says that there is no such order, no webhook, or no room', async () => {
    const full = { status: async () => ({ webhook: 'on' as const }), resend: async () => 'full' };
    const none = { ...resend, url: '/orders/none/resend' };
    await expectProblem(await injectFake({ store }, none), 404, 'unknown-order');
    await expectProblem(await injectFake({ store }, resend), 409, 'no-webhook');
    const outbox = full as OutboxControl;
    await expectProblem(await injectFake({ store, outbox }, resend), 503, 'outbox-full');
  });

  test('is for operators', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    const answer = await injectFake({ store }, { ...resend, headers });
    await expectProblem(answer, 403, 'no-admin-token');
  });
});

describe('GET /outbox', () => {
  test('says what waits and what was given up', async () => {
    const message = { id: 'msg_1', type: 'order.created', eventId: 'gala', at: 'now', tries: 3 };
    const failed = { ...message, reason: 'the receiver answered 500' };
    const status = {
      ...{ webhook: 'on' as const, isFollowing: true, delivered: 7, undelivered: 1 },
      ...{ oldest: 'now', waiting: [failed], parkedCount: 1, parked: [failed] },
    };
    const outbox: OutboxControl = { status: async () => status, resend: async () => 'queued' };
    const answer = await injectFake({ outbox }, { url: '/outbox' });
    const document = new ApiDocument(await (await app().fetch('/openapi.json')).text());
    expect(await document.mismatches('GET /outbox', answer.clone() as Response)).toEqual([]);
    expect(await answer.json()).toEqual(status);
  });
});
