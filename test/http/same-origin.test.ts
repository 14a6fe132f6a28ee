import type { FastifyRequest } from 'fastify';
import { describe, expect, test } from 'vitest';
import { requireSameOrigin } from '../../src/http/same-origin.js';

const check = (headers: Record<string, string>) =>
  requireSameOrigin({ headers } as unknown as FastifyRequest);

describe('a lab request', () => {
  test.each([
    [{ host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' }],
    [{ host: 'localhost:3000', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }],
    [{ host: '[::1]:3000', origin: 'http://[::1]:3000' }],
    [{ host: '192.168.1.5:3000' }],
    [{ host: 'LOCALHOST:3000', 'sec-fetch-site': 'none' }],
    [{ host: 'tickets.example', origin: 'http://tickets.example' }],
  ])('with the headers %j is accepted', async (headers) => {
    await expect(check(headers)).resolves.toBeUndefined();
  });

  test.each([
    [{ host: '127.0.0.1:3000', origin: 'http://127.0.0.1:4000' }],
    [{ host: '127.0.0.1:3000', origin: 'http://elsewhere.example' }],
    [{ host: '127.0.0.1:3000', origin: 'null' }],
    [{ host: '127.0.0.1:3000', 'sec-fetch-site': 'cross-site' }],
    [{ host: 'tickets.example', origin: 'http://elsewhere.example' }],
  ])('with the headers %j is rejected', async (headers) => {
    await expect(check(headers)).rejects.toMatchObject({ kind: 'other-origin' });
  });
});
