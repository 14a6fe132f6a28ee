import { describe, expect, test } from 'vitest';
import { bounds, labStores } from '../../src/lab/experiment-setting.js';
import { ladder } from '../../src/lab/ladder.js';
import { labRequest } from '../../src/timeline/report.js';
import { sharedApp } from './test-app.js';

const app = sharedApp();

const start = (body: object, headers: Record<string, string>) =>
  app().fetch('/lab/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

describe('/lab', () => {
  test.each([
    ['another origin', { origin: 'http://elsewhere.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another origin of the same site', { 'sec-fetch-site': 'same-site' }],
  ])('rejects a request from %s with 403', async (_what, headers) => {
    const answer = await start({ rung: 1 }, headers);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ type: 'urn:turnstile:other-origin' });
    const catalogue = await app().fetch('/lab/scenarios', { headers });
    expect(catalogue.status).toBe(403);
  });

  test('accepts a request from its own origin', async () => {
    const host = 'localhost:3000';
    const own = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
    expect((await app().fetch('/lab/scenarios', { headers: own })).status).toBe(200);
  });
});

test('the routes accept exactly what the lab accepts', () => {
  const takes = (name: string, amount: number) => labRequest.safeParse({ [name]: amount }).success;
  const rung = { min: 1, max: ladder.length };
  for (const [name, { min, max }] of Object.entries({ ...bounds, rung })) {
    const taken = [min - 1, min, max, max + 1].map((amount) => takes(name, amount));
    expect([name, ...taken]).toEqual([name, false, true, true, false]);
  }
  expect(labRequest.shape.store.unwrap().options).toEqual(labStores);
});
