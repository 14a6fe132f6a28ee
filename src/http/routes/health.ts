import type { FastifyInstance } from 'fastify';
import type { TicketState } from '../../booking/inventory.js';
import type { AppContext } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse } from '../json-schema.js';
import { operatorOnly } from '../openapi.js';
import type { Operators } from '../operators.js';
import { ProblemError } from '../problems.js';
import { readiness, status } from '../schemas.js';

/** `GET /livez`: the process responds. `GET /readyz`: it can sell. `GET /metrics`: for Prometheus. */
export function healthRoutes(
  app: FastifyInstance,
  context: AppContext,
  operators: Operators,
): void {
  const live = {
    operationId: 'checkLiveness',
    tags: ['operations'],
    summary: 'Check that a worker responds',
    description: 'For a supervisor: it says nothing about the storage.',
    response: jsonResponse(200, status),
  };
  app.get('/livez', { schema: live }, async () => ({ status: 'alive' }));

  const ready = {
    operationId: 'checkReadiness',
    tags: ['operations'],
    summary: 'Check that a worker can sell',
    description:
      '503 while no ticket can be sold: the server is closing, or cannot use its storage.',
    response: jsonResponse(200, readiness),
  };
  app.get('/readyz', { schema: ready }, async (request) => {
    if (context.closing() || context.queue.draining) throw new ProblemError('draining');
    await readUpstream(request, context.store.search());
    const { canSell, problem } = await context.health();
    if (!canSell) throw new ProblemError('storage-unavailable', problem ? { detail: problem } : {});
    return problem === undefined ? { status: 'ready' } : { status: 'degraded', problem };
  });

  const metrics = {
    operationId: 'getMetrics',
    tags: ['operations'],
    summary: 'Get the metrics of all workers together',
    description: 'For operators, unless the setting `METRICS` opens them to every client.',
    security: context.openMetrics ? [] : operatorOnly,
    response: {
      200: {
        description: 'The Prometheus text format',
        content: { 'text/plain': { schema: { type: 'string' } } },
      },
    },
  };
  const config = { problems: [401, 403, 429], expensive: true };
  app.get('/metrics', { schema: metrics, config }, async (request, reply) => {
    if (!context.openMetrics) operators.require(request);
    const text = await readUpstream(request, context.metrics(), 'unavailable');
    // Without the store there are still the other metrics: they say what is wrong.
    const found = await context.store.search().catch(() => undefined);
    reply.type('text/plain; version=0.0.4; charset=utf-8');
    return text + (found === undefined ? '' : remainingTickets(found.state, Date.now()));
  });
}

/** Most events in `/metrics`: those that start next. */
const EVENTS_MAX = 1_000;

/** A gauge of all workers, so it is not a metric of each. Event ids need no escape. */
function remainingTickets({ events }: TicketState, now: number): string {
  const coming = Object.entries(events)
    .map(([id, { startsAt, remaining }]) => ({ id, startsAt: Date.parse(startsAt), remaining }))
    .filter(({ startsAt }) => startsAt >= now)
    .sort((a, b) => a.startsAt - b.startsAt)
    .slice(0, EVENTS_MAX);
  const name = 'turnstile_tickets_remaining';
  const lines = coming.map(({ id, remaining }) => `${name}{event="${id}"} ${remaining}`);
  const help = `# HELP ${name} Tickets that remain, by event`;
  return `${[help, `# TYPE ${name} gauge`, ...lines].join('\n')}\n`;
}
