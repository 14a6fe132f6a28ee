import { METHODS } from 'node:http';
import helmet from '@fastify/helmet';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type HTTPMethods,
  LogController,
  type RouteOptions,
} from 'fastify';
import { serveDocs } from './docs.js';
import { answerClientError, answerErrorsAsProblems, answerUnroutable } from './errors.js';
import type { Office } from './office.js';
import { ProblemError } from './problems.js';
import { buyRoute } from './routes/buy.js';
import { healthRoutes } from './routes/health.js';
import { ordersRoute } from './routes/orders.js';
import { searchRoute } from './routes/search.js';
import { verdictRoute } from './routes/verdict.js';
import { workersRoute } from './routes/workers.js';
import { takeOnlyJson, validateStrictly } from './validation.js';

export interface AppOptions {
  readonly logger: FastifyBaseLogger;
  /** Longest time that a route may take, in milliseconds; then 503. */
  readonly handlerTimeoutMs: number;
}

const BODY_BYTES_MAX = 16 * 1024;
/** As long as an address can be (Node takes 16 KiB of headers): the routes' schemas say what fits. */
const PARAM_LENGTH_MAX = 16 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
/** Longer than a load balancer keeps a connection, so that it never meets a closed one. */
const KEEP_ALIVE_MS = 75_000;

/** Builds the HTTP side of an office. It does not listen. */
export async function buildApp(office: Office, options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    handlerTimeout: options.handlerTimeoutMs,
    connectionTimeout: options.handlerTimeoutMs + 5_000, // the handler gives up first, and says so
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false, // ours is a problem, and is told from the queue
    clientErrorHandler: answerClientError,
    frameworkErrors: answerUnroutable,
    http: { requireHostHeader: false }, // Node's refusal is no problem+json; ours is
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
  });
  // An expectation that we do not know may be ignored (RFC 9110, 10.1.1); Node's 417 has no body.
  app.server.on('checkExpectation', app.routing);

  takeOnlyJson(app);
  validateStrictly(app);
  await app.register(helmet, securityHeaders); // first, so that every answer has its headers
  answerErrorsAsProblems(app);
  closeConnectionsWhenDraining(app, office);
  const paths = collectPaths(app);
  await serveDocs(app);
  searchRoute(app, office);
  buyRoute(app, office);
  ordersRoute(app, office);
  verdictRoute(app, office);
  workersRoute(app, office);
  healthRoutes(app, office);
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'));

  refuseOtherMethods(app, paths);
  await app.ready();
  return app;
}

/** Set by hand: the defaults would force https, which a plain address on a LAN does not have. */
const securityHeaders = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      objectSrc: ["'none'"],
      imgSrc: ["'self'", 'data:'],
      styleSrc: ["'self'", "'unsafe-inline'"], // Swagger UI styles its own elements
    },
  },
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false, // browsers warn of it on plain http
  originAgentCluster: false,
};

/** While the office closes, every answer ends its connection, so that no client sends another on it. */
function closeConnectionsWhenDraining(app: FastifyInstance, office: Office): void {
  app.addHook('onSend', async (_request, reply) => {
    if (office.queue.draining) reply.header('Connection', 'close');
  });
}

/** The paths of all routes that are declared from here on, those of plugins too. */
function collectPaths(app: FastifyInstance): Set<string> {
  const paths = new Set<string>();
  app.addHook('onRoute', ({ url }: RouteOptions) => {
    paths.add(url);
  });
  return paths;
}

/** Fastify answers 404 to a known path with another method; 405 with `Allow` says more. */
function refuseOtherMethods(app: FastifyInstance, paths: Iterable<string>): void {
  // All that Node lets through, WebDAV's too; CONNECT it hands to nobody.
  const unknown = METHODS.filter(
    (name) => name !== 'CONNECT' && !app.supportedMethods.includes(name),
  );
  for (const name of unknown) app.addHttpMethod(name);

  for (const url of [...paths]) {
    const takes = (method: string) => app.hasRoute({ method: method as HTTPMethods, url });
    const allow = app.supportedMethods.filter(takes).join(', ');
    const others = app.supportedMethods.filter((method) => !takes(method));
    app.route({
      url,
      method: others as HTTPMethods[],
      schema: { hide: true },
      // Before the body is parsed: what it holds does not matter here.
      onRequest: async (_request, reply) => {
        reply.header('Allow', allow);
        throw new ProblemError('method-not-allowed', { detail: `This route takes ${allow}` });
      },
      handler: () => {},
    });
  }
}
