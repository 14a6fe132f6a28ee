import { METHODS } from 'node:http';
import { describe, expect, test } from 'vitest';
import { expectProblem } from './expect-problem.js';
import { sharedApp } from './test-app.js';

const app = sharedApp();

const reading = ['GET', 'HEAD'];
const routes: [path: string, allowed: string[]][] = [
  ['/search', reading],
  ['/buy', ['POST']],
  ['/orders/0-aaaaaaaaaaaaaaaa', reading],
  ['/verdict', reading],
  ['/workers', reading],
  ['/livez', reading],
  ['/readyz', reading],
  ['/metrics', reading],
  ['/ledger', reading],
  ['/', reading],
  ['/page/assets/main.js', reading],
  ['/openapi.json', reading],
  ['/docs', reading],
  ['/docs/', reading],
  ['/docs/static/swagger-ui.css', reading],
];

describe.each(routes)('%s', (path, allowed) => {
  test(`accepts ${allowed.join(' and ')}, and answers any other method with 405`, async () => {
    // CONNECT opens a tunnel: Node routes it nowhere and closes the connection.
    const others = METHODS.filter((method) => !allowed.includes(method) && method !== 'CONNECT');
    expect(others.length).toBeGreaterThan(30);
    for (const method of others) {
      const answer = await app().fetch(path, { method });
      expect([method, answer.status]).toEqual([method, 405]);
      expect(answer.headers.get('allow')?.split(', ').sort()).toEqual([...allowed].sort());
      await expectProblem(answer, 405, 'method-not-allowed'); // Node drops the body of a HEAD
    }
    for (const method of allowed) {
      const answer = await app().fetch(path, { method });
      expect(answer.status).not.toBe(405);
      expect(answer.headers.get('allow')).toBeNull();
    }
  });
});

test('an unknown path is answered with 404, whatever the method', async () => {
  for (const method of ['GET', 'POST', 'DELETE', 'PROPFIND']) {
    const answer = await app().fetch('/nothing-here', { method });
    await expectProblem(answer, 404, 'unknown-route');
  }
});
