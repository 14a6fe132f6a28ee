import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RouteOptions,
} from 'fastify';
import type { AppContext } from './app-context.js';
import { serveDocs } from './docs.js';
import { handleClientError, handleErrors, handleUnroutable } from './error-handler.js';
import { answerMethodNotAllowed } from './method-not-allowed.js';
import { buyRoute } from './routes/buy.js';
import { eventsRoute } from './routes/events.js';
import { healthRoutes } from './routes/health.js';
import { labRoutes } from './routes/lab.js';
import { ledgerRoute } from './routes/ledger.js';
import { ordersRoute } from './routes/orders.js';
import { pageRoutes } from './routes/page.js';
import { searchRoute } from './routes/search.js';
import { verdictRoute } from './routes/verdict.js';
import { workersRoute } from './routes/workers.js';
import { securityHeaders } from './security-headers.js';
import { compileNoProblems, takeOnlyJson, validateStrictly } from './validation.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What answers here gives up by itself when it takes too long. */
    readonly endsByItself?: boolean;
  }
}

export interface AppOptions {
  readonly logger: FastifyBaseLogger;
  /** Longest time that a route may take, in milliseconds; then 503. */
  readonly handlerTimeoutMs: number;
}

const BODY_BYTES_MAX = 16 * 1024;
/** As long as an address can be (Node takes 16 KiB of headers): the routes' schemas say what fits. */
const PARAM_LENGTH_MAX = 16 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
/** How often Node looks for requests that came too slowly. Left alone, it lets them stand half a minute more. */
const REQUEST_LOOK_MS = 2_000;
/** Longer than a load balancer keeps a connection, so that it never meets a closed one. */
const KEEP_ALIVE_MS = 75_000;

/** Builds the HTTP side of an office. It does not listen. */
export async function buildApp(office: AppContext, options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger, // no request is logged, so none needs a logger of its own
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: options.handlerTimeoutMs + 5_000, // the handler gives up first, and says so
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false, // ours is a problem, and is told from the queue
    clientErrorHandler: handleClientError,
    frameworkErrors: handleUnroutable,
    http: {
      requireHostHeader: false, // Node's refusal is no problem+json; ours is
      // Not Node's minute: it takes the longer of the two for the whole request.
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: REQUEST_LOOK_MS,
    },
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
  });
  // An expectation that we do not know may be ignored (RFC 9110, 10.1.1); Node's 417 has no body.
  app.server.on('checkExpectation', app.routing);

  takeOnlyJson(app);
  validateStrictly(app);
  guardBrowsers(app); // first, so that every answer has its headers
  boundHandlers(app, options.handlerTimeoutMs);
  answerMethodNotAllowed(app); // before they are refused as unknown routes
  handleErrors(app);
  closeConnectionsWhenDraining(app, office);
  serveDocs(app);
  compileNoProblems(app);
  searchRoute(app, office);
  buyRoute(app, office);
  ordersRoute(app, office);
  verdictRoute(app, office);
  workersRoute(app, office);
  healthRoutes(app, office);
  ledgerRoute(app, office);
  eventsRoute(app, office);
  await app.register(pageRoutes);
  if (office.lab !== undefined) labRoutes(app, office.lab);

  await app.ready();
  return app;
}

function guardBrowsers(app: FastifyInstance): void {
  const headers = securityHeaders();
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

/**
 * Ends a handler that takes too long with 503. Not that of a buy: the queue gives up on those by
 * itself, and a timer and an abort signal for each took a twentieth of its time.
 */
function boundHandlers(app: FastifyInstance, handlerTimeoutMs: number): void {
  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.config?.endsByItself !== true) route.handlerTimeout = handlerTimeoutMs;
  });
}

/** While the office closes, every answer ends its connection, so that no client sends another on it. */
function closeConnectionsWhenDraining(app: FastifyInstance, office: AppContext): void {
  app.addHook('onSend', async (_request, reply) => {
    if (office.queue.draining) reply.header('Connection', 'close');
  });
}
