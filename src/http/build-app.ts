import swagger from '@fastify/swagger';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RouteOptions,
} from 'fastify';
import type { AppContext } from './app-context.js';
import { allowOrigins } from './cors.js';
import { Doors } from './doors.js';
import { handleClientError, handleErrors, handleUndecodableUrl } from './error-handler.js';
import { requireKnownHost } from './host-check.js';
import { handleNotFound } from './not-found.js';
import { docsRoutes, openapiRoute, swaggerOptions } from './openapi.js';
import { Operators } from './operators.js';
import { limitExpensiveRequests } from './request-limits.js';
import { buyRoute } from './routes/buy.js';
import { doorRoutes } from './routes/doors.js';
import { eventRoutes } from './routes/event.js';
import { healthRoutes } from './routes/health.js';
import { holdRoutes } from './routes/holds.js';
import { labRoutes } from './routes/lab.js';
import { ledgerRoute } from './routes/ledger.js';
import { orderRoutes } from './routes/order.js';
import { orderListRoutes } from './routes/order-list.js';
import { outboxRoutes } from './routes/outbox.js';
import { pageRoutes } from './routes/page.js';
import { problemRoutes } from './routes/problems.js';
import { searchRoute } from './routes/search.js';
import { streamRoute } from './routes/stream.js';
import { ticketRoutes } from './routes/tickets.js';
import { verdictRoute } from './routes/verdict.js';
import { workersRoute } from './routes/workers.js';
import { addPageHeaders, apiHeaders } from './security-headers.js';
import { TicketCodes } from './ticket-codes.js';
import { acceptOnlyJson, validateStrictly } from './validation.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The handler has a time limit of its own, so Fastify's is left out. */
    readonly limitsItself?: boolean;
  }
}

export interface AppOptions {
  readonly logger: FastifyBaseLogger;
  /** Time limit of a handler in milliseconds; then 503. */
  readonly handlerTimeoutMs: number;
  /** Names in a Host besides IP addresses and `localhost`; `undefined`: any name. */
  readonly allowedHosts: readonly string[] | undefined;
  /** Proxies whose `X-Forwarded-For` names the client. */
  readonly trustedProxies: readonly string[];
  /** Origins whose pages may sell: a seller's own site. */
  readonly corsOrigins: readonly string[];
}

const BODY_BYTES_MAX = 16 * 1024;
/** As long as a URL can be (Node accepts 16 KiB of headers): the routes' schemas set the limits. */
const PARAM_LENGTH_MAX = 16 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
/** How often Node checks for requests that are too slow. By default, every 30 seconds. */
const TIMEOUT_CHECK_MS = 2_000;
/** Longer than a load balancer keeps an idle connection, so that it never uses a closed one. */
const KEEP_ALIVE_MS = 75_000;

/** Builds the HTTP server of a worker. It does not listen yet. */
export async function buildApp(
  context: AppContext,
  { logger, handlerTimeoutMs, allowedHosts, trustedProxies, corsOrigins }: AppOptions,
): Promise<FastifyInstance> {
  const app = Fastify({
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: handlerTimeoutMs + 5_000, // the handler times out first, with a 503
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false, // the queue answers with a problem instead
    clientErrorHandler: handleClientError,
    frameworkErrors: handleUndecodableUrl,
    http: {
      requireHostHeader: false, // Node's own 400 has no problem+json body
      // Node's default of a minute would apply to the whole request: it takes the longer of the two.
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
  });
  // An unknown expectation may be ignored (RFC 9110, 10.1.1); Node's own 417 has no body.
  app.server.on('checkExpectation', app.routing);
  // A client may close its side after its request and still read (RFC 9112, 9.6). By default Node drops
  // the request, and a buyer whose tickets are sold would not be told.
  Object.assign(app.server, { httpAllowHalfOpen: true });
  // By default Node drops all headers after 2,000, and with them what a proxy adds at the end: a client
  // could send so many that it looks like one of this machine. Their size is bounded.
  app.server.maxHeadersCount = 0;

  if (corsOrigins.length > 0) await allowOrigins(app, corsOrigins); // first: on every answer
  logErrors(app, logger);
  acceptOnlyJson(app);
  validateStrictly(app);
  handleErrors(app);
  requireKnownHost(app, allowedHosts);
  handleNotFound(app);
  limitHandlers(app, handlerTimeoutMs);
  limitExpensiveRequests(app);
  addAnswerHeaders(app, context);
  measureDurations(app, context);

  const operators = new Operators(context.adminToken);
  const { ticketSecret } = context;
  const codes = ticketSecret === undefined ? undefined : new TicketCodes(ticketSecret);
  const doors = ticketSecret === undefined ? undefined : new Doors(ticketSecret);
  app.register(swagger, swaggerOptions);
  app.register(async (api) => {
    searchRoute(api, context, handlerTimeoutMs);
    buyRoute(api, context);
    holdRoutes(api, context, codes, handlerTimeoutMs);
    orderRoutes(api, context, codes);
    ticketRoutes(api, { context, codes, doors, operators });
    eventRoutes(api, context, operators);
    orderListRoutes(api, context, operators);
    outboxRoutes(api, context, operators);
    doorRoutes(api, doors, operators);
    verdictRoute(api, context);
    workersRoute(api, context, operators);
    healthRoutes(api, context, operators);
    ledgerRoute(api, context, operators);
    streamRoute(api, context);
    openapiRoute(api);
    if (context.lab !== undefined) labRoutes(api, context.lab);
  });
  app.register(async (pages) => {
    addPageHeaders(pages);
    problemRoutes(pages);
    pages.register(pageRoutes);
    pages.register(docsRoutes);
  });

  await app.ready();
  return app;
}

/**
 * Logs what goes wrong with a request, and not the requests. With a logger among its options, Fastify
 * would also make one for each request, and listen for the end of each answer.
 */
function logErrors(app: FastifyInstance, logger: FastifyBaseLogger): void {
  app.log = logger;
  app.addHook('onRequest', (request, reply, done) => {
    request.log = logger;
    reply.log = logger;
    done();
  });
}

/**
 * Ends a handler that takes too long with 503. Not that of a buy: the queue has its own limit, and a
 * timer and an abort signal per request made buying slower.
 */
function limitHandlers(app: FastifyInstance, handlerTimeoutMs: number): void {
  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.config?.limitsItself !== true) route.handlerTimeout = handlerTimeoutMs;
  });
}

/**
 * The headers of every answer. While the worker drains, each closes its connection: the next request needs
 * another worker. One hook for both: each costs a purchase some microseconds.
 */
function addAnswerHeaders(app: FastifyInstance, context: AppContext): void {
  app.addHook('onSend', (_request, reply, _payload, done) => {
    reply.headers(apiHeaders);
    if (context.queue.draining) reply.header('Connection', 'close');
    done();
  });
}

/**
 * Counts how long each request takes, except a purchase, which a hook would slow down: the metrics of the lock
 * say how long those wait. Each route has its own counter, so that no request looks for it.
 */
function measureDurations(app: FastifyInstance, context: AppContext): void {
  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.method === 'HEAD' || route.url === '/buy') return;
    const count = context.newDurations(`${route.method} ${route.url}`);
    route.onResponse = [
      ...[route.onResponse ?? []].flat(),
      (_request, reply, done) => {
        count(reply.elapsedTime);
        done();
      },
    ];
  });
}
