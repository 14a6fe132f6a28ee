import { describe, expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { sharedApp } from './test-app.js';

const app = sharedApp({ events: { gala: anEvent(100) } });

const pages = ['/', '/docs', '/docs/static/swagger-ui.css', '/docs/static/swagger-ui-bundle.js'];
const apiPaths = [
  ...['/search', '/search?limit=0', '/verdict', '/workers', '/metrics', '/livez', '/openapi.json'],
  ...['/orders/none', '/nothing-here', '/buy', '/lab/scenarios'],
];

describe('a page', () => {
  test.each(pages)('%s may load only its own origin and is shown in no frame', async (path) => {
    const { headers } = await app().fetch(path);
    const policy = headers.get('content-security-policy') ?? '';
    const directives = policy.split(';').map((directive) => directive.trim());
    expect(directives).toContain("default-src 'self'");
    expect(directives).toContain("frame-ancestors 'none'");
    expect(directives).toContain("object-src 'none'");
    expect(directives).toContain("base-uri 'none'");
    expect(directives).toContain("form-action 'self'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/);
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('may have no inline scripts and styles, except the inline styles of /docs', async () => {
    for (const path of ['/', '/page/assets/main.js']) {
      const { headers } = await app().fetch(path);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'self'/);
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe|data:/);
    }
    const { headers } = await app().fetch('/docs');
    expect(headers.get('content-security-policy')).toContain("style-src 'self' 'unsafe-inline'");
  });

  test.each(pages)('%s may be loaded over plain HTTP', async (path) => {
    // A server on a LAN has no certificate: a browser that was told to use HTTPS cannot reach it.
    const { headers } = await app().fetch(path);
    expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
    expect(headers.get('strict-transport-security')).toBeNull();
  });
});

describe('an API answer', () => {
  test.each(apiPaths)('of %s has nosniff, and no header that only a page needs', async (path) => {
    const { headers } = await app().fetch(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const names = [...headers.keys()];
    expect(names.filter((name) => /policy|^x-(?!content-type)|strict/.test(name))).toEqual([]);
    // Without a page policy, a browser must not take it for a page.
    expect(headers.get('content-type')).toMatch(
      /^(application\/(problem\+)?json; charset=utf-8|text\/plain; version=)/,
    );
  });

  test('of a buy carries few headers', async () => {
    const { headers } = await app().buy({ eventId: 'gala', customer: 'Ada' });
    expect([...headers.keys()].sort()).toEqual([
      ...['connection', 'content-length', 'content-type', 'date', 'location'],
      'x-content-type-options',
    ]);
  });
});

test.each([...pages, ...apiPaths])('the headers of %s do not name the framework', async (path) => {
  const { headers } = await app().fetch(path);
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('server')).toBeNull();
});

describe('/docs', () => {
  test('is a page that loads only scripts and styles of this origin, which its policy allows', async () => {
    const answer = await app().fetch('/docs');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    const html = await answer.text();
    const origin = 'http://localhost';
    const loaded = [...html.matchAll(/<(?:script|link)\b[^>]*?\b(?:src|href)="([^"]+)"/g)];
    const urls = loaded.map(([, path = '']) => new URL(path, origin));
    expect(urls.every((url) => url.origin === origin)).toBe(true);
    expect(urls.map(({ pathname }) => pathname).join()).toMatch(/\.css.*\.js/);
    for (const url of urls) {
      const { status, headers } = await app().fetch(url.pathname);
      expect([url.pathname, status]).toEqual([url.pathname, 200]);
      const type = headers.get('content-type');
      if (url.pathname.endsWith('.js')) expect(type).toMatch(/javascript/);
      if (url.pathname.endsWith('.css')) expect(type).toMatch(/^text\/css/);
    }
    // The policy blocks inline scripts, so there must be none.
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
  });

  test.each(['/docs', '/docs/static/swagger-ui.css', '/openapi.json'])(
    '%s is answered to HEAD with the headers of GET',
    async (path) => {
      const get = await app().fetch(path);
      const head = await app().fetch(path, { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([200, '']);
      expect(Number(head.headers.get('content-length'))).toBe((await get.arrayBuffer()).byteLength);
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    },
  );

  test.each([
    ['..%2f..%2f..%2fpackage.json', 404, 'unknown-route'],
    ['%2e%2e%2findex.js', 404, 'unknown-route'],
    ['%00', 400, 'malformed'],
  ])('%s does not leave its folder', async (path, status, type) => {
    const answer = await app().fetch(`/docs/static/${path}`);
    await expectProblem(answer, status, type);
  });
});
