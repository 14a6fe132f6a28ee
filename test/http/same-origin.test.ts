import type { FastifyRequest } from 'fastify';
import { describe, expect, test } from 'vitest';
import { requireSameOrigin } from '../../src/http/same-origin.js';

const check = (anyHost: boolean, headers: Record<string, string>) =>
  requireSameOrigin(anyHost)({ headers } as unknown as FastifyRequest);

describe('a lab request', () => {
  test.each([
    [{ host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' }],
    [{ host: 'localhost:3000', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }],
    [{ host: '[::1]:3000', origin: 'http://[::1]:3000' }],
    [{ host: '192.168.1.5:3000' }],
    [{ host: 'LOCALHOST:3000', 'sec-fetch-site': 'none' }],
  ])('with the headers %j is accepted', async (headers) => {
    await expect(check(false, headers)).resolves.toBeUndefined();
  });

  test.each([
    [{ host: '127.0.0.1:3000', origin: 'http://127.0.0.1:4000' }],
    [{ host: '127.0.0.1:3000', origin: 'http://elsewhere.example' }],
    [{ host: '127.0.0.1:3000', origin: 'null' }],
    [{ host: '127.0.0.1:3000', 'sec-fetch-site': 'cross-site' }],
    // DNS rebinding: an attacker's name that resolves to this server.
    [{ host: 'elsewhere.example:3000', origin: 'http://elsewhere.example:3000' }],
    [{ host: '127.0.0.1.elsewhere.example' }],
    [{ host: '' }],
  ])('with the headers %j is rejected', async (headers) => {
    await expect(check(false, headers)).rejects.toMatchObject({ kind: 'other-origin' });
  });

  test('may have any Host if the lab is open on purpose, but not another origin', async () => {
    const host = 'tickets.example';
    await expect(check(true, { host, origin: `http://${host}` })).resolves.toBeUndefined();
    const other = check(true, { host, origin: 'http://elsewhere.example' });
    await expect(other).rejects.toMatchObject({ kind: 'other-origin' });
  });
});
