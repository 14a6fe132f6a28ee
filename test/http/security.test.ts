import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { until } from '../support/processes.js';
import { expectProblem } from './expect-problem.js';
import { sharedOffice } from './shared-office.js';

const office = sharedOffice({ env: { LOG_LEVEL: 'trace' }, events: { gala: anEvent(100) } });

describe('the headers', () => {
  test.each(['/search', '/docs', '/', '/nothing-here', '/search?limit=0', '/metrics'])(
    'of %s keep a browser from loading what is not ours',
    async (path) => {
      const { headers } = await office().fetch(path, { redirect: 'manual' });
      const policy = headers.get('content-security-policy') ?? '';
      const directives = policy.split(';').map((directive) => directive.trim());
      expect(directives).toContain("default-src 'self'");
      expect(directives).toContain("frame-ancestors 'none'");
      expect(directives).toContain("object-src 'none'");
      expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
      expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  test.each(['/search', '/docs', '/nothing-here'])('of %s leave plain http alone', async (path) => {
    // An office on a LAN has no certificate: a browser that was told to use https finds nobody.
    const { headers } = await office().fetch(path);
    expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  test('do not name what the office is built with', async () => {
    const { headers } = await office().fetch('/search');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
  });
});

test('nothing that stands inside a page is run or styles it, but for the styles of /docs', async () => {
  for (const path of ['/', '/page/nothing.js', '/search', '/nothing-here']) {
    const { headers } = await office().fetch(path);
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe|data:/);
  }
  const { headers } = await office().fetch('/docs');
  expect(headers.get('content-security-policy')).toContain("style-src 'self' 'unsafe-inline'");
});

describe('/docs', () => {
  test('is a page whose scripts and styles are ours, and may run', async () => {
    const answer = await office().fetch('/docs');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    const html = await answer.text();
    const loaded = [...html.matchAll(/<(?:script|link)\b[^>]*?\b(?:src|href)="([^"]+)"/g)];
    const urls = loaded.map(([, path = '']) => new URL(path, answer.url));
    expect(urls.map(({ pathname }) => pathname).join()).toMatch(/\.css.*\.js/);
    for (const url of urls) {
      expect(url.origin).toBe(office().url.origin);
      const { status, headers } = await fetch(url);
      expect([url.pathname, status]).toEqual([url.pathname, 200]);
      const type = headers.get('content-type');
      if (url.pathname.endsWith('.js')) expect(type).toMatch(/javascript/);
      if (url.pathname.endsWith('.css')) expect(type).toMatch(/^text\/css/);
    }
    // The policy lets no inline script run: one in the page would be dead.
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
  });

  test.each(['/docs', '/docs/static/swagger-ui.css', '/openapi.json'])(
    '%s: HEAD says what GET would send',
    async (path) => {
      const sent = await office().fetch(path);
      const said = await office().fetch(path, { method: 'HEAD' });
      expect([said.status, await said.text()]).toEqual([200, '']);
      expect(Number(said.headers.get('content-length'))).toBe(
        (await sent.arrayBuffer()).byteLength,
      );
      expect(said.headers.get('content-type')).toBe(sent.headers.get('content-type'));
    },
  );

  test.each([
    ['..%2f..%2f..%2fpackage.json', 404, 'unknown-route'],
    ['%2e%2e%2findex.js', 404, 'unknown-route'],
    ['%00', 400, 'malformed'],
  ])('%s does not lead out of its folder', async (path, status, type) => {
    const answer = await office().fetch(`/docs/static/${path}`);
    await expectProblem(answer, status, type);
  });
});

test('no customer is named in the log, whatever becomes of the buy', async () => {
  const customer = 'Wilhelmina Unforgettable';
  const buys: [body: unknown, status: number][] = [
    [{ eventId: 'gala', customer }, 201],
    [{ eventId: 'none', customer }, 404],
    [{ eventId: 'gala', customer, quantity: 11 }, 400],
    [{ eventId: 'gala', customer, [customer]: customer }, 400],
    [{ eventId: 'gala', customer: customer.repeat(10) }, 400],
    [{ eventId: 'gala', customer: customer.repeat(1000) }, 413],
    [`{"customer":"${customer}`, 400],
  ];
  for (const [body, status] of buys) expect((await office().buy(body)).status).toBe(status);
  const keyed = await office().buy({ eventId: 'gala', customer }, { 'idempotency-key': customer });
  expect(keyed.status).toBe(501);

  // A fault is logged, with its cause: that the log is there at all, and at its chattiest.
  rmSync(join(office().folder, 'tickets.json'));
  const answer = await office().buy({ eventId: 'gala', customer });
  await expectProblem(answer, 503, 'storage-unavailable');
  await until('the fault is in the log', () => office().stderr.includes('ENOENT'));
  expect(office().stderr).toContain('"level":30');
  expect(office().stderr).not.toMatch(/Wilhelmina|Unforgettable/);
});
