import { expect, test } from 'vitest';
import { expectProblem } from './expect-problem.js';
import { send } from './send.js';
import { sharedServer } from './shared-server.js';

const server = sharedServer({ env: { WORKERS: '1' } });

const at = (path: string): URL => new URL(path, server().url);

/** The path of the bundled file with this ending, as the page names it. */
async function assetPath(ending: string): Promise<string> {
  const html = await (await server().fetch('/')).text();
  const [path] = html.match(new RegExp(`/page/assets/[\\w-]+\\${ending}`)) ?? [];
  if (path === undefined) throw new Error(`the page loads no ${ending}`);
  return path;
}

/** `fetch` adds `Cache-Control: no-cache` to a conditional request, which asks for the whole answer. */
const askIfChanged = async (path: string, etag: string): Promise<Response> =>
  (await send(at(path), { headers: { 'if-none-match': etag } })).answer;

const revalidated = /^no-cache$/;
const kept = /^public, max-age=31536000, immutable$/;

const files: [file: string, type: RegExp, caching: RegExp, holds: string][] = [
  ['/', /^text\/html; charset=utf-8$/, revalidated, '<title>Turnstile</title>'],
  ['.js', /^(text|application)\/javascript; charset=utf-8$/, kept, 'Break it'],
  ['.css', /^text\/css; charset=utf-8$/, kept, ':root'],
  ['.svg', /^image\/svg\+xml$/, kept, '<svg'],
];

test.each(files)(
  '%s is served with its type and caching rule, and not sent again while unchanged',
  async (file, type, caching, holds) => {
    const path = file === '/' ? file : await assetPath(file);
    const answer = await server().fetch(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(type);
    expect(answer.headers.get('cache-control')).toMatch(caching);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await answer.text()).includes(holds)).toBe(true);
    const { answer: plain } = await send(at(path));
    const again = await askIfChanged(path, plain.headers.get('etag') ?? '');
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await askIfChanged(path, '"another"')).status).toBe(200);
  },
);

test('answers HEAD without a body', async () => {
  for (const path of ['/', await assetPath('.css')]) {
    const { answer } = await send(at(path), { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(300);
    expect(await answer.text()).toBe('');
  }
});

test.each([
  ...['gzip;q=0', 'gzip; q=0.0', 'gzip;q=0, *', '*, gzip;q=0', 'identity', 'br;q=1, gzip;q=0, *'],
  ...['*;q=0', 'deflate'],
])('sends no gzip to a client that accepts %j', async (accepted) => {
  const path = await assetPath('.js');
  const headers = { 'accept-encoding': accepted };
  const { answer } = await send(at(path), { headers });
  expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, null]);
  expect(await answer.text()).toContain('Break it');
});

test('compresses for clients that accept gzip only', async () => {
  for (const path of ['/', await assetPath('.css'), await assetPath('.js')]) {
    const plain = (await send(at(path))).answer;
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.headers.get('vary')).toMatch(/^accept-encoding$/i);
    const text = await plain.text();
    const small = await server().fetch(path, { headers: { 'accept-encoding': 'gzip' } });
    expect(small.headers.get('content-encoding')).toBe('gzip');
    expect(small.headers.get('content-type')).toBe(plain.headers.get('content-type'));
    expect(small.headers.get('vary')).toMatch(/^accept-encoding$/i);
    expect(Number(small.headers.get('content-length'))).toBeLessThan(text.length * 0.65);
    expect(await small.text()).toBe(text);
  }
});

test.each([
  '/page/nothing.js',
  '/page/assets/nothing.js',
  '/page/',
  '/page/assets/',
  '/page/index.html',
  '/page/..%2f..%2fpackage.json',
  '/page/%2e%2e/http/app.js',
  '/page/.tsbuildinfo',
  '/page/assets/..%2findex.html',
  '/page/assets/..%2f..%2f..%2f.tsbuildinfo',
  '/page/assets/%2e%2e/%2e%2e/main.js',
])('%s is an unknown route', async (path) => {
  // fetch would resolve the dots itself.
  const { answer } = await send(at('/'), { path });
  await expectProblem(answer, 404, 'unknown-route');
});

test('loads only files of its own, with no inline script or style', async () => {
  const html = await (await server().fetch('/')).text();
  const loaded = [...html.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="([^"]+)"/g)].map(
    ([, path = '']) => path,
  );
  expect(loaded.map((path) => path.split('.').at(-1)).sort()).toEqual(['css', 'js', 'svg']);
  for (const path of loaded) {
    expect(path).toMatch(/^\/page\/assets\//);
    const answer = await server().fetch(path);
    expect([path, answer.status]).toEqual([path, 200]);
    expect(/\bdata:[a-z]+\//.test(await answer.text()), path).toBe(false);
  }
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
});

test('bundles no library', async () => {
  const script = await (await server().fetch(await assetPath('.js'))).text();
  expect(/zod/i.test(script)).toBe(false);
  expect(script.length).toBeLessThan(100_000);
});
