import { describe, expect, test } from 'vitest';
import { explanations } from '../../src/http/problem-explanations.js';
import { problemKinds, typeOf } from '../../src/http/problems.js';
import { expectProblem } from './expect-problem.js';
import { sharedFakeApp } from './fake-context.js';

const injectFake = sharedFakeApp();
const get = (url: string, accept?: string) =>
  injectFake({}, { url, headers: accept === undefined ? {} : { accept } });

const browser = 'text/html,application/xhtml+xml,*/*;q=0.8';

describe.each(problemKinds)('the type of %s', (kind) => {
  test('is an address that explains it, to people and to programs', async () => {
    const text = await get(typeOf(kind));
    expect([text.status, text.headers.get('content-type')]).toEqual([
      200,
      'text/plain; charset=utf-8',
    ]);
    const page = await get(typeOf(kind), browser);
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const [plain, html] = [await text.text(), await page.text()];
    for (const answer of [plain, html]) expect(answer).toContain(explanations[kind]);
    expect(html).toMatch(/<title>\w[^<>]+<\/title>/);
    // A buyer who follows the address need not know how tickets are kept apart.
    expect(plain).not.toMatch(/\b(lock|lease|mutex|batch|worker)/i);
  });

  test('has no character that HTML would take for markup', () => {
    expect(explanations[kind]).not.toMatch(/[<>&]/);
  });
});

test('/problems lists them', async () => {
  const list = await (await get('/problems')).text();
  expect(list.trim().split('\n')).toEqual(problemKinds);
  expect(await (await get('/problems', browser)).text()).toContain('href="/problems/sold-out"');
});

test.each(['nothing', '__proto__', 'constructor', '%3Cscript%3E'])(
  '/problems/%s is none',
  async (kind) => {
    await expectProblem(await get(`/problems/${kind}`), 404, 'unknown-problem');
  },
);
