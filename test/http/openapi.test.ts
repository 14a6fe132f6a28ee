import { beforeAll, describe, expect, test } from 'vitest';
import { Fault } from '../../src/booking/faults.js';
import { anEvent } from '../support/folder.js';
import { ApiDocument } from './api-document.js';
import { aBuy, type FakeContext, sharedFakeApp } from './fake-context.js';
import { sharedApp } from './test-app.js';

const app = sharedApp({
  events: {
    ...{ gala: anEvent(100), full: anEvent(0), gone: anEvent(1) },
    sold: anEvent(2, { remaining: 1 }),
    later: anEvent(2, { salesFrom: '2090-01-01T00:00:00Z' }),
  },
});
const injectFake = sharedFakeApp();
let document: ApiDocument;
beforeAll(async () => {
  document = new ApiDocument(await (await app().fetch('/openapi.json')).text());
});

/** Every documented route, and its operationId. */
const operationIds = {
  'GET /search': 'searchEvents',
  'POST /buy': 'buyTickets',
  'GET /orders/{orderId}': 'getOrder',
  'GET /orders': 'listOrders',
  'GET /orders.csv': 'exportOrders',
  'POST /orders/{orderId}/cancel': 'cancelOrder',
  'POST /orders/{orderId}/resend': 'resendOrder',
  'GET /outbox': 'getOutbox',
  'POST /holds': 'holdTickets',
  'GET /holds/{holdId}': 'getHold',
  'DELETE /holds/{holdId}': 'releaseHold',
  'POST /holds/{holdId}/confirm': 'confirmHold',
  'GET /tickets/{code}.svg': 'getTicketQrCode',
  'GET /events/{eventId}': 'getEvent',
  'PUT /events/{eventId}': 'saveEvent',
  'DELETE /events/{eventId}': 'removeEvent',
  'POST /doors': 'pairDoor',
  'GET /doors/code': 'getDoorCode',
  'POST /admissions': 'admitTicket',
  'GET /stream': 'streamInventory',
  'GET /verdict': 'getVerdict',
  'GET /workers': 'listWorkers',
  'GET /livez': 'checkLiveness',
  'GET /readyz': 'checkReadiness',
  'GET /metrics': 'getMetrics',
  'GET /ledger': 'getLedger',
  'POST /lab/runs': 'startLabRun',
  'POST /lab/runs/{id}/steps': 'stepLabRun',
  'GET /lab/runs/{id}': 'getLabRun',
  'DELETE /lab/runs/{id}': 'stopLabRun',
  'GET /lab/scenarios': 'getLabCatalogue',
};
const contract = Object.keys(operationIds);

describe('the document', () => {
  test('is OpenAPI 3.1 as JSON and lists every route', async () => {
    const answer = await app().fetch('/openapi.json');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
    expect(document.version).toMatch(/^3\.1\.\d+$/);
    expect(document.routes.sort()).toEqual([...contract].sort());
    expect(document.servers).toEqual([expect.objectContaining({ url: '/' })]);
  });

  test.each(contract)(
    '%s has a summary, and a valid schema for each answer with a body',
    (route) => {
      const { summary, parameters = [], requestBody, responses } = document.operation(route);
      expect(summary).toMatch(/\w/);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['500', '503']));
      for (const { description, content = {} } of Object.values(responses)) {
        expect(description).toMatch(/\w/);
        // Compiling rejects a schema that is not JSON Schema 2020-12.
        for (const { schema } of Object.values(content)) document.schemaErrors(schema, null);
      }
      for (const { schema } of parameters) document.schemaErrors(schema, null);
      for (const { schema } of Object.values(requestBody?.content ?? {})) {
        document.schemaErrors(schema, null);
      }
    },
  );

  test.each(Object.entries(operationIds))('%s is the operation %s', (route, id) => {
    expect(document.operation(route).operationId).toBe(id);
  });

  // What the default rules of Redocly and spectral:oas look at, besides the schemas.
  test('has what linters ask for: licence, contact, described tags', () => {
    expect(document.info).toMatchObject({
      title: expect.stringMatching(/\w/),
      description: expect.stringMatching(/\w/),
      contact: { name: expect.stringMatching(/\w/) },
      license: { name: 'MIT', url: expect.stringMatching(/^https:/) },
    });
    for (const { description } of document.tags) expect(description).toMatch(/\w/);
  });

  test.each(contract)('%s is described, has tags of the list and documents a 4xx', (route) => {
    const { description, tags = [], parameters = [], responses } = document.operation(route);
    expect(description).toMatch(/\w/);
    expect(document.tags.map(({ name }) => name)).toEqual(expect.arrayContaining([...tags]));
    expect(tags).toHaveLength(1);
    for (const parameter of parameters) {
      const { description: text } = parameter.schema as { description?: string };
      expect([parameter.name, parameter.description ?? text]).toEqual([
        parameter.name,
        expect.stringMatching(/\w/),
      ]);
    }
    expect(Object.keys(responses).filter((status) => status.startsWith('4'))).not.toEqual([]);
  });

  test('says which routes are for operators, by a scheme that it defines', () => {
    expect(document.security).toEqual([]); // of every other route
    expect(document.securitySchemes).toMatchObject({
      operator: { type: 'http', scheme: 'bearer' },
      door: { type: 'http', scheme: 'bearer' },
    });
    const secured = contract.flatMap((route) => {
      const { security = [] } = document.operation(route);
      return security.length === 0 ? [] : [[route, security]];
    });
    expect(secured).toEqual([
      ['GET /orders', [{ operator: [] }]],
      ['GET /orders.csv', [{ operator: [] }]],
      ['POST /orders/{orderId}/resend', [{ operator: [] }]],
      ['GET /outbox', [{ operator: [] }]],
      ['PUT /events/{eventId}', [{ operator: [] }]],
      ['DELETE /events/{eventId}', [{ operator: [] }]],
      ['GET /doors/code', [{ operator: [] }]],
      ['POST /admissions', [{ door: [] }, { operator: [] }]],
      ['GET /workers', [{}, { operator: [] }]],
      ['GET /metrics', [{ operator: [] }]],
      ['GET /ledger', [{ operator: [] }]],
    ]);
  });

  test('describes the query of /search and the body of /buy', () => {
    const { parameters } = document.operation('GET /search');
    const names = ['available', 'cursor', 'from', 'limit', 'q', 'to'];
    expect(parameters?.map(({ name }) => name).sort()).toEqual(names);
    const { requestBody } = document.operation('POST /buy');
    const schema = requestBody?.content['application/json']?.schema ?? {};
    expect(document.schemaErrors(schema, { eventId: 'gala', customer: 'Ada' })).toEqual([]);
    expect(document.schemaErrors(schema, { eventId: 'gala', customer: 'Ada', price: 0 })).toEqual([
      ' must NOT have additional properties',
    ]);
  });
});

const json = { 'content-type': 'application/json' };
const buying = (body: unknown, headers: Record<string, string> = json): RequestInit => ({
  method: 'POST',
  headers,
  body: JSON.stringify(body),
});
const forwarded = { 'x-forwarded-for': '203.0.113.7' };
const elsewhere = { origin: 'http://elsewhere.example' };
const good = { eventId: 'gala', customer: 'Ada' };
const { remaining: _r, issued: _i, revision: _v, ...eventDetails } = anEvent(20);
const saving = (headers: Record<string, string>): RequestInit => ({
  method: 'PUT',
  headers: { ...json, ...headers },
  body: JSON.stringify(eventDetails),
});

const requests: [route: string, status: number, path: string, init?: RequestInit][] = [
  ['GET /search', 200, '/search'],
  ['GET /search', 200, '/search?limit=1'],
  ['GET /search', 304, '/search', { headers: { 'if-none-match': '*' } }],
  ['GET /search', 400, '/search?limit=0'],
  ['POST /buy', 201, '/buy', buying({ ...good, quantity: 2 })],
  ['POST /buy', 400, '/buy', buying({})],
  ['POST /buy', 404, '/buy', buying({ ...good, eventId: 'none' })],
  ['POST /buy', 409, '/buy', buying({ ...good, eventId: 'full' })],
  ['POST /buy', 413, '/buy', buying({ ...good, customer: 'a'.repeat(20_000) })],
  ['POST /buy', 415, '/buy', buying(good, { 'content-type': 'text/plain' })],
  ['POST /buy', 422, '/buy', buying(good, { ...json, 'idempotency-key': 'used' })],
  ['POST /holds', 201, '/holds', buying({ ...good, quantity: 2 })],
  ['POST /holds', 400, '/holds', buying({})],
  ['POST /holds', 404, '/holds', buying({ ...good, eventId: 'none' })],
  ['POST /holds', 409, '/holds', buying({ ...good, eventId: 'full' })],
  ['POST /holds', 409, '/holds', buying({ ...good, eventId: 'later' })],
  ['POST /holds', 422, '/holds', buying(good, { ...json, 'idempotency-key': 'used' })],
  ['GET /holds/{holdId}', 404, '/holds/none'],
  ['DELETE /holds/{holdId}', 404, '/holds/none', { method: 'DELETE' }],
  ['POST /holds/{holdId}/confirm', 404, '/holds/none/confirm', { method: 'POST' }],
  ['POST /orders/{orderId}/cancel', 404, '/orders/none/cancel', { method: 'POST' }],
  ['POST /orders/{orderId}/resend', 404, '/orders/none/resend', { method: 'POST' }],
  [
    'POST /orders/{orderId}/resend',
    401,
    '/orders/none/resend',
    { method: 'POST', headers: forwarded },
  ],
  ['GET /outbox', 200, '/outbox'],
  ['GET /outbox', 401, '/outbox', { headers: forwarded }],
  ['GET /orders', 200, '/orders?limit=1'],
  ['GET /orders', 400, '/orders?limit=0'],
  ['GET /orders', 401, '/orders', { headers: forwarded }],
  ['GET /orders.csv', 200, '/orders.csv'],
  ['GET /orders.csv', 401, '/orders.csv', { headers: forwarded }],
  ['GET /events/{eventId}', 200, '/events/gala'],
  ['GET /events/{eventId}', 404, '/events/none'],
  ['PUT /events/{eventId}', 201, '/events/new', saving({ 'if-none-match': '*' })],
  ['PUT /events/{eventId}', 200, '/events/full', saving({ 'if-match': '"1"' })],
  ['PUT /events/{eventId}', 400, '/events/-', saving({ 'if-none-match': '*' })],
  ['PUT /events/{eventId}', 401, '/events/gala', saving({ 'if-match': '"1"', ...forwarded })],
  ['PUT /events/{eventId}', 412, '/events/gala', saving({ 'if-none-match': '*' })],
  ['PUT /events/{eventId}', 428, '/events/gala', saving({})],
  ['DELETE /events/{eventId}', 204, '/events/gone', { method: 'DELETE' }],
  ['DELETE /events/{eventId}', 404, '/events/none', { method: 'DELETE' }],
  ['DELETE /events/{eventId}', 409, '/events/sold', { method: 'DELETE' }],
  ['GET /tickets/{code}.svg', 404, '/tickets/0000-1-0000000-0000000.svg'],
  ['POST /doors', 400, '/doors', buying({})],
  ['POST /doors', 403, '/doors', buying({ name: 'north', code: '0' })],
  ['GET /doors/code', 200, '/doors/code'],
  ['GET /doors/code', 401, '/doors/code', { headers: forwarded }],
  ['POST /admissions', 401, '/admissions', buying({ code: '0' }, { ...json, ...forwarded })],
  ['POST /admissions', 404, '/admissions', buying({ code: '0' })],
  ['GET /orders/{orderId}', 400, '/orders/'],
  ['GET /orders/{orderId}', 404, '/orders/none'],
  ['GET /verdict', 200, '/verdict'],
  ['GET /workers', 200, '/workers'],
  ['GET /workers', 200, '/workers', { headers: forwarded }],
  ['GET /workers', 401, '/workers', { headers: { authorization: 'Bearer wrong' } }],
  ['GET /metrics', 401, '/metrics', { headers: forwarded }],
  ['GET /ledger', 401, '/ledger', { headers: forwarded }],
  ['GET /livez', 421, '/livez', { headers: { host: 'elsewhere.example' } }],
  ['GET /ledger', 501, '/ledger'],
  ['GET /livez', 200, '/livez'],
  ['GET /readyz', 200, '/readyz'],
  ['GET /metrics', 200, '/metrics'],
  ['GET /lab/scenarios', 200, '/lab/scenarios'],
  ['GET /lab/scenarios', 403, '/lab/scenarios', { headers: elsewhere }],
  ['POST /lab/runs', 400, '/lab/runs', buying({ rung: 0 })],
  ['POST /lab/runs', 403, '/lab/runs', buying({ rung: 1 }, { ...json, ...elsewhere })],
  ['POST /lab/runs', 413, '/lab/runs', buying({ scenario: 'a'.repeat(20_000) })],
  ['POST /lab/runs', 415, '/lab/runs', buying({ rung: 1 }, { 'content-type': 'text/plain' })],
  ['GET /lab/runs/{id}', 400, '/lab/runs/'],
  ['GET /lab/runs/{id}', 403, '/lab/runs/none', { headers: elsewhere }],
  ['GET /lab/runs/{id}', 404, '/lab/runs/none'],
  ['POST /lab/runs/{id}/steps', 400, '/lab/runs/none/steps', buying({ pid: 0 })],
  [
    'POST /lab/runs/{id}/steps',
    403,
    '/lab/runs/none/steps',
    buying({ pid: 1 }, { ...json, ...elsewhere }),
  ],
  ['POST /lab/runs/{id}/steps', 404, '/lab/runs/none/steps', buying({ pid: 1 })],
  ['DELETE /lab/runs/{id}', 404, '/lab/runs/none', { method: 'DELETE' }],
];

describe('an answer matches the document', () => {
  beforeAll(async () => {
    await app().buy({ ...good, customer: 'somebody else' }, { 'idempotency-key': 'used' });
  });

  test.each(requests)('%s: %i at %s', async (route, status, path, init) => {
    const answer = await app().fetch(path, init);
    expect(answer.status).toBe(status);
    expect(await document.mismatches(route, answer)).toEqual([]);
  });

  /** Members of the answers below. */
  interface Answer {
    readonly holdId: string;
    readonly orderId: string;
    readonly code: string;
    readonly token: string;
    readonly tickets: readonly Answer[];
  }
  const none: Answer = { holdId: '', orderId: '', code: '', token: '', tickets: [] };

  test('each step of a ticket', async () => {
    const check = async (route: string, status: number, answer: Response): Promise<Answer> => {
      expect([route, answer.status]).toEqual([route, status]);
      expect(await document.mismatches(route, answer.clone() as Response)).toEqual([]);
      return route.endsWith('.svg') ? none : ((await answer.json()) as Answer);
    };
    const cancelRoute = 'POST /orders/{orderId}/cancel';
    const confirmRoute = 'POST /holds/{holdId}/confirm';
    const hold = await check('POST /holds', 201, await app().post('/holds', good));
    const at = `/holds/${hold.holdId}`;
    await check('GET /holds/{holdId}', 200, await app().fetch(at));
    const confirm = () => app().fetch(`${at}/confirm`, { method: 'POST' });
    const order = await check(confirmRoute, 201, await confirm());
    await check(confirmRoute, 200, await confirm());
    await check('GET /holds/{holdId}', 200, await app().fetch(at));
    const release = () => app().fetch(at, { method: 'DELETE' });
    await check('DELETE /holds/{holdId}', 409, await release());
    const [{ code } = none] = order.tickets;
    await check('GET /tickets/{code}.svg', 200, await app().fetch(`/tickets/${code}.svg`));
    const { code: now } = (await (await app().fetch('/doors/code')).json()) as Answer;
    const { token } = await check(
      'POST /doors',
      201,
      await app().post('/doors', { name: 'north', code: now }),
    );
    const admit = (body: object) =>
      app().post('/admissions', body, { ...forwarded, authorization: `Bearer ${token}` });
    await check('POST /admissions', 201, await admit({ code }));
    await check('POST /admissions', 409, await admit({ code }));
    const cancel = (orderId: string) =>
      app().fetch(`/orders/${orderId}/cancel`, { method: 'POST' });
    await check(cancelRoute, 409, await cancel(order.orderId));
    const other = (await (await app().buy(good)).json()) as Answer;
    const { tickets } = await check(cancelRoute, 200, await cancel(other.orderId));
    await check('POST /admissions', 410, await admit({ code: tickets[0]?.code }));
  });

  test('GET /orders/{orderId}: 200', async () => {
    const sale = await app().buy(good);
    const answer = await app().fetch(sale.headers.get('location') ?? '');
    expect(answer.status).toBe(200);
    expect(await document.mismatches('GET /orders/{orderId}', answer)).toEqual([]);
  });

  const broken = () => Promise.reject(new Error('broken'));
  const givenUp = () => Promise.reject(new Fault('GIVEN_UP', 'it took too long'));
  const slow = { handlerTimeoutMs: 30 };
  const never = () => new Promise<never>(() => {});
  const failing: [route: string, status: number, fake: FakeContext, request: object][] = [
    ['GET /search', 503, { store: { search: broken } }, { url: '/search' }],
    ['POST /buy', 500, { queue: { submit: broken } }, aBuy],
    ['POST /buy', 503, { queue: { submit: givenUp } }, aBuy],
    ['GET /orders/{orderId}', 503, { store: { find: broken } }, { url: '/orders/none' }],
    ['GET /verdict', 503, { store: { history: broken } }, { url: '/verdict' }],
    ['GET /workers', 503, { workers: broken }, { url: '/workers' }],
    ['GET /ledger', 503, { store: { recentCommits: broken } }, { url: '/ledger' }],
    ['GET /stream', 503, { queue: { draining: true } }, { url: '/stream' }],
    ['GET /doors/code', 403, {}, { url: '/doors/code' }],
    ['GET /orders', 503, { store: { orders: broken } }, { url: '/orders' }],
    ['GET /orders.csv', 503, { store: { orders: broken } }, { url: '/orders.csv' }],
    ['GET /events/{eventId}', 503, { store: { search: broken } }, { url: '/events/gala' }],
    ['GET /workers', 503, { workers: never, ...slow }, { url: '/workers' }],
    ['GET /readyz', 503, { store: { search: broken } }, { url: '/readyz' }],
    ['GET /metrics', 503, { metrics: broken }, { url: '/metrics' }],
    ['GET /metrics', 503, { metrics: never, ...slow }, { url: '/metrics' }],
  ];

  test.each(failing)('%s: %i', async (route, status, fake, request) => {
    const answer = await injectFake(fake, request);
    expect(answer.status).toBe(status);
    expect(await document.mismatches(route, answer)).toEqual([]);
  });
});

// Negative control: without these, a validator that accepts everything would pass too.
describe('the validator rejects', () => {
  type Body = Record<string, unknown>;

  async function tampered(path: string, tamper: (body: Body) => void): Promise<Response> {
    const answer = await app().fetch(path, path === '/buy' ? buying(good) : {});
    const body = (await answer.json()) as Body;
    tamper(body);
    return new Response(JSON.stringify(body), answer);
  }

  const leave = () => {};
  const tamperings: [what: string, route: string, path: string, tamper: (body: Body) => void][] = [
    ['an additional member', 'POST /buy', '/buy', (body) => Object.assign(body, { price: 1 })],
    ['a missing member', 'POST /buy', '/buy', (body) => Reflect.deleteProperty(body, 'serials')],
    [
      'a number as a string',
      'POST /buy',
      '/buy',
      (body) => Object.assign(body, { remaining: '98' }),
    ],
    ['the answer of another route', 'GET /livez', '/workers', leave],
    [
      'an incomplete event',
      'GET /search',
      '/search',
      (body) => Object.assign(body, { events: [{}] }),
    ],
    ['an unknown store', 'GET /search', '/search', (body) => Object.assign(body, { store: 'x' })],
    [
      'a problem without a type',
      'GET /search',
      '/search?limit=0',
      (body) => Reflect.deleteProperty(body, 'type'),
    ],
    [
      'an unknown verdict',
      'GET /verdict',
      '/verdict',
      (body) => Object.assign(body, { verdict: 'fine' }),
    ],
  ];

  test.each(tamperings)('%s', async (_what, route, path, tamper) => {
    // The original must pass, or the rejection would prove nothing.
    if (tamper !== leave) {
      expect(await document.mismatches(route, await tampered(path, leave))).toEqual([]);
    }
    expect(await document.mismatches(route, await tampered(path, tamper))).not.toEqual([]);
  });

  test('an undocumented status', async () => {
    const answer = new Response('{}', { status: 418 });
    expect(await document.mismatches('GET /livez', answer)).toEqual(['GET /livez has no 418']);
  });

  test('an undocumented content type', async () => {
    const answer = await app().fetch('/livez');
    const html = new Response(answer.body, { headers: { 'content-type': 'text/html' } });
    expect(await document.mismatches('GET /livez', html)).toEqual([
      'GET /livez 200 has no text/html',
    ]);
  });

  test('a body where none is documented', async () => {
    const answer = new Response('{}');
    Object.defineProperty(answer, 'status', { value: 304 });
    expect(await document.mismatches('GET /search', answer)).toEqual(['the body should be empty']);
  });
});
