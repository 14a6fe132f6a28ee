import type { FastifyInstance, InjectOptions } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll } from 'vitest';
import { createWorker, type Worker } from '../../src/app/create-worker.js';
import { dependencies } from '../../src/app/dependencies.js';
import type { TicketState } from '../../src/booking/inventory.js';
import type { Lab, OutboxControl } from '../../src/http/app-context.js';
import type { SearchAnswer, WorkerStatus } from '../../src/http/schemas.js';
import { catalogueOf } from '../../src/lab/plan.js';
import { readSettings } from '../../src/settings.js';
import { newFolder, removeFolder } from '../support/folder.js';
import './compile-once.js';
import { readReceipts, readTickets } from './files.js';

export interface TestAppOptions {
  /** Settings; the store is `json` and the lock mode `file` unless given. */
  readonly env?: NodeJS.ProcessEnv;
  readonly events?: TicketState['events'];
}

/** The token of operators, unless `ADMIN_TOKEN` is another one. */
export const adminToken = 'the-token-of-the-tests';

/** What the codes of tickets and doors are computed from, unless `ORDER_SECRET` is another one. */
export const ticketSecret = 'the-ticket-key-of-the-tests';

/** Answers like a lab that has nothing to do. */
const idleLab: Lab = {
  openToAll: false,
  catalogue: catalogueOf(undefined),
  call: async () => ({ kind: 'unknown' }),
};

/** What a server without a webhook says. */
export const withoutOutbox: OutboxControl = {
  status: async () => ({ webhook: 'off' }),
  resend: async () => 'off',
};

const thisWorker: WorkerStatus = {
  pid: process.pid,
  ppid: process.ppid,
  name: 'worker-1',
  alive: true,
  state: 'alive',
  uptime: 1.5,
  restarts: 0,
  lastExit: null,
  lastHeartbeat: new Date(0).toISOString(),
  sales: 0,
  lockWaits: 0,
};

/**
 * A worker with a real store, lock and queue, in this process: requests are injected instead of sent
 * over a socket. It has no primary.
 */
export class TestApp {
  readonly folder: string;
  readonly #worker: Worker;

  private constructor(folder: string, worker: Worker) {
    this.folder = folder;
    this.#worker = worker;
  }

  static async create({ env, events = {} }: TestAppOptions = {}): Promise<TestApp> {
    const folder = newFolder(events);
    const settings = readSettings({ DATA_DIR: folder, ...env });
    await dependencies.stores[settings.STORE].prepare(folder);
    const discard = pino({}, { write: () => {} });
    const worker = await createWorker(settings, dependencies, {
      log: discard,
      requestLog: discard,
      workers: async () => [thisWorker],
      metrics: async () => '# no metrics\n',
      outbox: withoutOutbox,
      adminToken: settings.ADMIN_TOKEN ?? adminToken,
      ticketSecret: settings.ORDER_SECRET ?? ticketSecret,
      lab: idleLab,
      onFault: () => {},
    });
    return new TestApp(folder, worker);
  }

  /** Sends a request and returns its answer, like the global `fetch`. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const { method = 'GET', headers, body } = init;
    return inject(this.#worker.app, {
      method: method as 'GET',
      url: path,
      headers: headers as Record<string, string>,
      ...(body === undefined || body === null ? {} : { payload: body as string | Buffer }),
    });
  }

  buy(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch('/buy', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Sends JSON, as an operator if `headers` say so. */
  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.send('POST', path, body, headers);
  }

  send(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.fetch(path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** Puts the tickets of holds whose time is over back on sale, as the timer of a server does. */
  expireHolds(): Promise<void> {
    return this.#worker.expireHolds();
  }

  async remaining(eventId: string): Promise<number | undefined> {
    const { events } = (await (await this.fetch('/search?limit=100')).json()) as SearchAnswer;
    return events.find(({ id }) => id === eventId)?.remaining;
  }

  /** Listens on a free port of the loopback interface, for tests about sockets. */
  async listen(): Promise<URL> {
    return new URL(await this.#worker.app.listen({ port: 0, host: '127.0.0.1' }));
  }

  state = (): TicketState => readTickets(this);
  receipts = () => readReceipts(this);

  async close(): Promise<void> {
    await this.#worker.close();
    removeFolder(this.folder);
  }
}

/** Injects a request; the answer is a `Response`, as from `fetch`. */
export async function inject(app: FastifyInstance, request: InjectOptions): Promise<Response> {
  const { statusCode, headers, rawPayload } = await app.inject(request);
  return new Response(rawPayload.length === 0 ? null : new Uint8Array(rawPayload), {
    status: statusCode,
    headers: new Headers(headers as Record<string, string>),
  });
}

/** On a busy machine, several files build their apps at once. */
const BUILD_MS = 60_000;

/** One app for all tests of a file or of a `describe`. */
export function sharedApp(options: TestAppOptions = {}): () => TestApp {
  let app: TestApp | undefined;
  beforeAll(async () => {
    app = await TestApp.create(options);
  }, BUILD_MS);
  afterAll(() => app?.close());
  return () => {
    if (app === undefined) throw new Error('the app is not built yet');
    return app;
  };
}
