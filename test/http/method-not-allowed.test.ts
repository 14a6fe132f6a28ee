import { Agent, METHODS } from 'node:http';
import { afterAll, describe, expect, test } from 'vitest';
import { ask } from './ask.js';
import { expectProblem } from './expect-problem.js';
import { sharedOffice } from './shared-office.js';

const office = sharedOffice();
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
afterAll(() => agent.destroy());

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
  test(`takes ${allowed.join(' and ')}, and answers every other method with 405`, async () => {
    // CONNECT asks for a tunnel: Node hands it to no route and closes the connection.
    const others = METHODS.filter((method) => !allowed.includes(method) && method !== 'CONNECT');
    expect(others.length).toBeGreaterThan(30);
    for (const method of others) {
      const { answer } = await ask(new URL(path, office().url), { method, agent });
      expect([method, answer.status]).toEqual([method, 405]);
      expect(answer.headers.get('allow')?.split(', ').sort()).toEqual([...allowed].sort());
      if (method === 'HEAD') expect(await answer.text()).toBe('');
      else await expectProblem(answer, 405, 'method-not-allowed');
    }
    for (const method of allowed) {
      const { answer } = await ask(new URL(path, office().url), { method, agent });
      expect(answer.status).not.toBe(405);
      expect(answer.headers.get('allow')).toBeNull();
    }
  });
});

test('an unknown route is unknown whatever the method', async () => {
  for (const method of ['GET', 'POST', 'DELETE', 'PROPFIND']) {
    const { answer } = await ask(new URL('/nothing-here', office().url), { method, agent });
    await expectProblem(answer, 404, 'unknown-route');
  }
});
