import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Order } from '../../src/booking/outcomes.js';
import { Doors } from '../../src/http/doors.js';
import type { Admission, DoorAnswer, OrderDetails, Sale } from '../../src/http/schemas.js';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { sharedFakeApp } from './fake-context.js';
import { readFiles } from './files.js';
import { adminToken, sharedApp, ticketSecret } from './test-app.js';

const app = sharedApp({
  events: { gala: anEvent(50), other: anEvent(50) },
  env: { TRUSTED_PROXIES: 'loopback' },
});
const injectFake = sharedFakeApp();

/** A client on another machine. */
let lastClient = 0;
const elsewhere = () => ({ 'x-forwarded-for': `203.0.113.${++lastClient}` });

afterEach(() => void vi.useRealTimers());

const codeNow = async () =>
  ((await (await app().fetch('/doors/code')).json()) as { code: string }).code;

async function pair(name: string): Promise<DoorAnswer> {
  const answer = await app().post('/doors', { name, code: await codeNow() }, elsewhere());
  expect(answer.status).toBe(201);
  return (await answer.json()) as DoorAnswer;
}

async function ticketCodes(eventId: string, quantity = 1): Promise<string[]> {
  const sale = (await (await app().buy({ eventId, customer: 'Zoë', quantity })).json()) as Sale;
  const order = await app().fetch(`/orders/${sale.orderId}`);
  return ((await order.json()) as OrderDetails).tickets.map(({ code = '' }) => code);
}

const admit = (code: string | undefined, headers: Record<string, string>) =>
  app().post('/admissions', { code }, { ...elsewhere(), ...headers });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('a door', () => {
  test('lets the owner of a ticket in once, and says who, when and where', async () => {
    const [north, south] = [await pair('north'), await pair('south')];
    const [code] = await ticketCodes('gala');
    const first = await admit(code?.toLowerCase(), bearer(north.token));
    const admission = (await first.json()) as Admission;
    expect([first.status, admission]).toEqual([
      201,
      {
        eventId: 'gala',
        serial: 1,
        customer: 'Zoë',
        admittedAt: expect.any(String),
        door: 'north',
      },
    ]);
    const before = readFiles(app());
    const again = await expectProblem(
      await admit(code, bearer(south.token)),
      409,
      'already-admitted',
    );
    expect(again).toMatchObject({ serial: 1, admittedAt: admission.admittedAt, door: 'north' });
    expect(readFiles(app())).toEqual(before);
  });

  test('of two at once lets one person in', async () => {
    const doors = await Promise.all([pair('a'), pair('b')]);
    const [code] = await ticketCodes('gala');
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => admit(code, bearer(doors[index % 2]?.token ?? ''))),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  });

  test('repeats an admission whose answer was lost, with its key', async () => {
    const { token } = await pair('north');
    const [one, two] = await ticketCodes('gala', 2);
    const keyed = { ...bearer(token), 'idempotency-key': 'scan 1' };
    const first = await (await admit(one, keyed)).json();
    const again = await admit(one, keyed);
    expect([again.status, await again.json()]).toEqual([201, first]);
    await expectProblem(await admit(two, keyed), 422, 'key-reused');
  });

  test('does not let in with a ticket that was cancelled, or that was never sold', async () => {
    const { token } = await pair('north');
    const sale = (await (await app().buy({ eventId: 'gala', customer: 'Ada' })).json()) as Sale;
    const order = await app().fetch(`/orders/${sale.orderId}/cancel`, { method: 'POST' });
    const [ticket] = ((await order.json()) as OrderDetails).tickets;
    await expectProblem(await admit(ticket?.code, bearer(token)), 410, 'ticket-cancelled');
    for (const code of ['0', 'AAAA-1-AAAAAAA-AAAAAAA', '🎟️']) {
      await expectProblem(await admit(code, bearer(token)), 404, 'unknown-ticket');
    }
  });

  test('is an operator too, whose admissions say so', async () => {
    const [code] = await ticketCodes('gala');
    const answer = await admit(code, bearer(adminToken));
    expect([answer.status, await answer.json()]).toMatchObject([201, { door: 'operator' }]);
  });

  test.each([
    ['no token', {}],
    ['a wrong token', bearer('wrong')],
    [
      'a token of a door that nobody paired',
      bearer(`door.${btoa('[9e15,"x"]')}.${'a'.repeat(22)}`),
    ],
  ])('is needed: %s is 401', async (_what, headers) => {
    const [code] = await ticketCodes('gala');
    const before = readFiles(app());
    expect((await admit(code, headers)).status).toBe(401);
    expect(readFiles(app())).toEqual(before);
  });

  test('has a token for a day, and only for admissions', async () => {
    const { token, expiresAt } = await pair('north');
    const headers = { ...elsewhere(), ...bearer(token) };
    for (const path of ['/orders', '/orders.csv', '/doors/code', '/metrics', '/ledger']) {
      await expectProblem(await app().fetch(path, { headers }), 401, 'unauthorized');
    }
    const [code] = await ticketCodes('gala');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(expiresAt) });
    await expectProblem(await admit(code, bearer(token)), 401, 'door-only');
    vi.setSystemTime(Date.parse(expiresAt) - 1);
    expect((await admit(code, bearer(token))).status).toBe(201);
  });
});

describe('the code of a door', () => {
  test('is accepted for its 20 seconds and the next, with spaces', () => {
    const doors = new Doors('a secret of an office');
    const start = Date.UTC(2027, 0, 1, 10, 0, 0);
    const { code, expiresAt } = doors.codeAt(start);
    expect(code).toMatch(/^\d{8}$/);
    expect(Date.parse(expiresAt) - start).toBe(20_000);
    const at = (ms: number, text = code) => doors.pair('north', text, start + ms) !== undefined;
    expect([at(0), at(19_999), at(20_000), at(39_999)]).toEqual([true, true, true, true]);
    expect([at(-1), at(40_000)]).toEqual([false, false]);
    expect(at(0, `${code.slice(0, 4)} ${code.slice(4)}`)).toBe(true);
    for (const wrong of ['', code.slice(1), `${code}0`, 'x'.repeat(8)])
      expect(at(0, wrong)).toBe(false);
  });

  test('is the same in every process, and another one with another secret', () => {
    const now = Date.now();
    const [a, b] = [new Doors('a secret of an office'), new Doors('a secret of an office')];
    expect(a.codeAt(now)).toEqual(b.codeAt(now));
    const { token = '' } = a.pair('north', b.codeAt(now).code, now) ?? {};
    expect(b.nameOf(token, now)).toBe('north');
    const other = new Doors('another secret of an office');
    expect(other.codeAt(now).code).not.toBe(a.codeAt(now).code);
    expect(other.nameOf(token, now)).toBeUndefined();
  });

  test('cannot be guessed: after five wrong ones a client waits, with the right one too', async () => {
    const client = elsewhere();
    const guess = (code: string) => app().post('/doors', { name: 'x', code }, client);
    for (let guesses = 0; guesses < 5; guesses++) {
      await expectProblem(await guess('wrong'), 403, 'wrong-door-code');
    }
    const rejected = await guess(await codeNow());
    expect(Number(rejected.headers.get('retry-after'))).toBeGreaterThan(30);
    await expectProblem(rejected, 429, 'too-many-attempts');
    // It costs that client time, and nobody else anything.
    await pair('another client');
  });

  test.each([{ name: ' ' }, { name: '' }, { name: 'a\nb' }, { name: 'a'.repeat(65) }, {}])(
    'is not accepted with %j',
    async (body) => {
      const answer = await app().post('/doors', { code: await codeNow(), ...body }, elsewhere());
      await expectProblem(answer, 400, 'malformed');
    },
  );
});

test('an admin token cannot be guessed either', async () => {
  const client = elsewhere();
  const ask = (token: string) =>
    app().fetch('/doors/code', { headers: { ...client, ...bearer(token) } });
  for (let guesses = 0; guesses < 20; guesses++) {
    await expectProblem(await ask(`wrong ${guesses}`.replace(' ', '-')), 401, 'unauthorized');
  }
  await expectProblem(await ask(adminToken), 429, 'too-many-attempts');
});

test('the QR code of a ticket is a picture, and only of a ticket', async () => {
  const [code = ''] = await ticketCodes('other');
  const answer = await app().fetch(`/tickets/${code.toLowerCase()}.svg`);
  expect([answer.status, answer.headers.get('content-type')]).toMatchObject([
    200,
    expect.stringMatching(/^image\/svg\+xml/),
  ]);
  expect(await answer.text()).toMatch(/^<svg [\s\S]*<\/svg>$/);
  expect((await app().fetch(`/tickets/${code}.svg`, { method: 'HEAD' })).status).toBe(200);
  const flipped = code.replace(/.$/, (last) => (last === '0' ? '2' : '0'));
  await expectProblem(await app().fetch(`/tickets/${flipped}.svg`), 404, 'unknown-ticket');
  await expectProblem(await app().fetch(`/tickets/${code}`), 404, 'unknown-route');
});

test('without a key there are no codes, and the answers say so', async () => {
  const order: Order = {
    ...{ kind: 'sold' as const, orderId: 'o', eventId: 'gala', customer: 'Ada', quantity: 1 },
    ...{ serials: [1], remaining: 9, version: 1 },
  };
  const store = { find: async () => order };
  const get = (url: string, secret?: string) =>
    injectFake({ store, ...(secret && { ticketSecret: secret }) }, { url });
  const { tickets } = (await (await get('/orders/o')).json()) as OrderDetails;
  expect(tickets).toEqual([{ serial: 1 }]);
  const { detail } = await expectProblem(await get('/doors/code'), 403, 'no-ticket-key');
  expect(detail).toContain('ORDER_SECRET');
  await expectProblem(await get('/tickets/A.svg'), 403, 'no-ticket-key');
  expect(ticketSecret).not.toBe('');
});
