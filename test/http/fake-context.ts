import type { FastifyBaseLogger, FastifyInstance, InjectOptions } from 'fastify';
import { pino } from 'pino';
import { afterAll } from 'vitest';
import type { AppContext } from '../../src/http/app-context.js';
import { buildApp } from '../../src/http/build-app.js';
import { anEvent } from '../support/folder.js';
import { inject, withoutOutbox } from './test-app.js';

/** What to replace in a context with one event that sells nothing. */
export interface FakeContext
  extends Partial<
    Pick<
      AppContext,
      | 'closing'
      | 'workers'
      | 'metrics'
      | 'outbox'
      | 'lab'
      | 'health'
      | 'openMetrics'
      | 'ticketSecret'
    >
  > {
  readonly queue?: Partial<AppContext['queue']>;
  readonly store?: Partial<AppContext['store']>;
  readonly handlerTimeoutMs?: number;
}

const state = { version: 0, events: { gala: anEvent(10) } };
const history = { state, commits: 0, versions: 0, skipped: 0, settled: true };

function makeContext({ queue, store, ...rest }: FakeContext): AppContext {
  return {
    queue: {
      submit: (async () => ({ kind: 'unknownEvent', eventId: 'gala', version: 0 })) as never,
      draining: false,
      ...queue,
    },
    store: {
      remembersKeys: false,
      search: async () => ({ state, tag: 'tag' }),
      find: async () => undefined,
      findEndedHold: async () => undefined,
      findTicket: async () => undefined,
      orders: async () => ({ orders: [] }),
      history: async () => ({ ...history, events: new Map() }),
      ...store,
    },
    storeName: 'json',
    lockModeName: 'file',
    worker: 1,
    closing: () => false,
    workers: async () => [],
    metrics: async () => '',
    outbox: withoutOutbox,
    newDurations: () => () => {},
    health: async () => ({ canSell: true }),
    openMetrics: false,
    holdSeconds: 600,
    ...rest,
  };
}

/**
 * Injects requests into the real routes with a fake context, for states that are hard to reach with a
 * real one. The routes are built once per file; the context changes with each request.
 */
export function sharedFakeApp(): (fake: FakeContext, request: InjectOptions) => Promise<Response> {
  const built = new Map<number, { context: AppContext; app: FastifyInstance }>();
  afterAll(() => Promise.all([...built.values()].map(({ app }) => app.close())));

  return async ({ handlerTimeoutMs = 5_000, ...fake }, request) => {
    const { context, app } = built.get(handlerTimeoutMs) ?? (await build(handlerTimeoutMs));
    Object.assign(context, makeContext(fake));
    return inject(app, request);
  };

  async function build(handlerTimeoutMs: number) {
    const context = makeContext({});
    const made = { context, app: await buildRoutes(context, handlerTimeoutMs) };
    built.set(handlerTimeoutMs, made);
    return made;
  }
}

/** Routes with a fake context of their own, such as one with a lab. The caller closes them. */
export const buildFakeApp = (
  fake: FakeContext,
  logger?: FastifyBaseLogger,
): Promise<FastifyInstance> => buildRoutes(makeContext(fake), 5_000, logger);

const buildRoutes = (
  context: AppContext,
  handlerTimeoutMs: number,
  logger: FastifyBaseLogger = pino({ level: 'silent' }),
): Promise<FastifyInstance> =>
  buildApp(context, {
    logger,
    handlerTimeoutMs,
    allowedHosts: [],
    trustedProxies: [],
    corsOrigins: [],
  });

/** A valid buy. */
export const aBuy: InjectOptions = {
  method: 'POST',
  url: '/buy',
  payload: { eventId: 'gala', customer: 'Ada' },
};
