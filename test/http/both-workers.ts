import { Agent } from 'node:http';
import { expect } from 'vitest';
import type { Sale } from '../../src/http/schemas.js';
import type { TestServer } from '../support/test-server.js';
import { send } from './send.js';

/**
 * A connection to each of two workers, which stays with its worker: buys over new connections until both
 * have sold. The caller destroys them.
 */
export async function connectToBoth(
  server: TestServer,
  eventId: string,
): Promise<{ agents: Map<number, Agent>; sales: Sale[] }> {
  const agents = new Map<number, Agent>();
  const sales: Sale[] = [];
  for (let tries = 0; tries < 40 && agents.size < 2; tries++) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { answer } = await send(new URL('/buy', server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ eventId, customer: 'Ada' }),
      agent,
    });
    const sale = (await answer.json()) as Sale & { worker: number };
    if (agents.has(sale.worker)) agent.destroy();
    else {
      agents.set(sale.worker, agent);
      sales.push(sale);
    }
  }
  expect(agents.size).toBe(2);
  return { agents, sales };
}
