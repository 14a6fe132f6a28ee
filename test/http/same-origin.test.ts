import type { FastifyRequest } from 'fastify';
import { describe, expect, test } from 'vitest';
import { requireSameOrigin } from '../../src/http/same-origin.js';

const ask = (anyHost: boolean, headers: Record<string, string>) =>
  requireSameOrigin(anyHost)({ headers } as unknown as FastifyRequest);

describe('a page of this office', () => {
  test.each([
    [{ host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' }],
    [{ host: 'localhost:3000', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }],
    [{ host: '[::1]:3000', origin: 'http://[::1]:3000' }],
    [{ host: '192.168.1.5:3000' }],
    [{ host: 'LOCALHOST:3000', 'sec-fetch-site': 'none' }],
  ])('may ask: %j', async (headers) => {
    await expect(ask(false, headers)).resolves.toBeUndefined();
  });

  test.each([
    [{ host: '127.0.0.1:3000', origin: 'http://127.0.0.1:4000' }],
    [{ host: '127.0.0.1:3000', origin: 'http://elsewhere.example' }],
    [{ host: '127.0.0.1:3000', origin: 'null' }],
    [{ host: '127.0.0.1:3000', 'sec-fetch-site': 'cross-site' }],
    // A name of somebody else's that leads here: its page and we are of one origin.
    [{ host: 'elsewhere.example:3000', origin: 'http://elsewhere.example:3000' }],
    [{ host: '127.0.0.1.elsewhere.example' }],
    [{ host: '' }],
  ])('may not: %j', async (headers) => {
    await expect(ask(false, headers)).rejects.toMatchObject({ kind: 'other-origin' });
  });

  test('may have any name where the lab is open on purpose, but no other page may ask', async () => {
    const host = 'tickets.example';
    await expect(ask(true, { host, origin: `http://${host}` })).resolves.toBeUndefined();
    const other = ask(true, { host, origin: 'http://elsewhere.example' });
    await expect(other).rejects.toMatchObject({ kind: 'other-origin' });
  });
});
