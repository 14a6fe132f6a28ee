import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { until } from '../support/processes.js';
import { expectProblem } from './expect-problem.js';
import { sharedServer } from './shared-server.js';

const server = sharedServer({ env: { LOG_LEVEL: 'trace' }, events: { gala: anEvent(100) } });

test('the log names no customer, whether a buy succeeds or fails', async () => {
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
  for (const [body, status] of buys) expect((await server().buy(body)).status).toBe(status);
  const keyed = await server().buy({ eventId: 'gala', customer }, { 'idempotency-key': customer });
  expect(keyed.status).toBe(201);

  // A fault is logged with its cause, which shows that logging works at this level.
  rmSync(join(server().folder, 'tickets.json'));
  const answer = await server().buy({ eventId: 'gala', customer });
  await expectProblem(answer, 503, 'storage-unavailable');
  await until('the fault is in the log', () => server().stderr.includes('ENOENT'));
  expect(server().stderr).toContain('"level":30');
  expect(server().stderr).not.toMatch(/Wilhelmina|Unforgettable/);
});
