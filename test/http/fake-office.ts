import type { FastifyInstance, InjectOptions } from 'fastify';
import { pino } from 'pino';
import { afterAll } from 'vitest';
import type { AppContext } from '../../src/http/app-context.js';
import { buildApp } from '../../src/http/build-app.js';
import { anEvent } from '../support/folder.js';

/** What differs from an context with one event that sells nothing. */
export interface FakeParts extends Partial<Pick<AppContext, 'workers' | 'metrics'>> {
  readonly queue?: Partial<AppContext['queue']>;
  readonly store?: Partial<AppContext['store']>;
  readonly handlerTimeoutMs?: number;
}

const state = { version: 0, events: { gala: anEvent(10) } };
const history = { state, commits: 0, versions: 0, skipped: 0, settled: true };

function officeOf({ queue, store, ...rest }: FakeParts): AppContext {
  return {
    queue: {
      buy: async ({ eventId }) => ({ kind: 'unknownEvent', eventId, version: 0 }),
      draining: false,
      ...queue,
    },
    store: {
      remembersKeys: false,
      search: async () => ({ state, tag: 'tag' }),
      find: async () => undefined,
      history: async () => ({ ...history, events: new Map() }),
      ...store,
    },
    storeName: 'json',
    lockModeName: 'file',
    worker: 1,
    workers: async () => [],
    metrics: async () => '',
    ...rest,
  };
}

/**
 * Asks the real routes of an context that is in a state which a real one is hard to bring into. The
 * routes are built once for a file, which takes longer than to ask them; the context changes.
 */
export function sharedFake(): (
  dependencies: FakeParts,
  question: InjectOptions,
) => Promise<Response> {
  const built = new Map<number, { context: AppContext; app: FastifyInstance }>();
  afterAll(() => Promise.all([...built.values()].map(({ app }) => app.close())));

  return async ({ handlerTimeoutMs = 5_000, ...dependencies }, question) => {
    const { context, app } = built.get(handlerTimeoutMs) ?? (await build(handlerTimeoutMs));
    Object.assign(context, officeOf(dependencies));
    const { statusCode, headers, payload } = await app.inject(question);
    return new Response(payload, {
      status: statusCode,
      headers: new Headers(headers as Record<string, string>),
    });
  };

  async function build(handlerTimeoutMs: number) {
    const context = officeOf({});
    const logger = pino({ level: 'silent' });
    const made = { context, app: await buildApp(context, { logger, handlerTimeoutMs }) };
    built.set(handlerTimeoutMs, made);
    return made;
  }
}

/** A buy that is as it should be. */
export const aBuy: InjectOptions = {
  method: 'POST',
  url: '/buy',
  payload: { eventId: 'gala', customer: 'Ada' },
};
