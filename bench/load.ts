import { createHistogram } from 'node:perf_hooks';
import autocannon from 'autocannon';
import { TicketCodes } from '../src/http/ticket-codes.js';

/** The request that a run repeats. */
export interface BenchRequest {
  readonly title: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Each connection sends one after the other. */
  readonly bodies?: readonly string[];
  /** The status of an answer that counts. */
  readonly status: number;
  /** Requests that each connection sends in turn instead: together they count once. */
  readonly steps?: readonly autocannon.Request[];
}

/** Buys one ticket: of each event in turn, or of the packaged event that never sells out. */
export const buyRequest = (eventIds: readonly string[] = ['world-stream']): BenchRequest => ({
  title: 'POST /buy',
  method: 'POST',
  path: '/buy',
  headers: { 'content-type': 'application/json' },
  bodies: eventIds.map((eventId) => JSON.stringify({ eventId, customer: 'bench', quantity: 1 })),
  status: 201,
});

const json = { 'content-type': 'application/json' };
const oneTicket = JSON.stringify({ eventId: 'world-stream', customer: 'bench', quantity: 1 });

/** Keeps an answer for the next request of its connection. */
const remember: autocannon.Request['onResponse'] = (_status, body, context) =>
  void Object.assign(context, JSON.parse(body));

/** Buys a ticket twice, as a client does that reads the first answer before its second request. */
export const twoBuysRequest: BenchRequest = {
  ...buyRequest(),
  title: 'two buys',
  steps: [
    {
      method: 'POST',
      headers: json,
      body: oneTicket,
      onResponse: remember,
    },
    { method: 'POST', setupRequest: (request) => ({ ...request, headers: json, body: oneTicket }) },
  ],
};

/** Holds a ticket, and confirms the hold: two requests. */
export const holdRequest: BenchRequest = {
  title: 'hold+confirm',
  method: 'POST',
  path: '/holds',
  status: 201,
  steps: [
    {
      method: 'POST',
      headers: json,
      body: oneTicket,
      onResponse: remember,
    },
    {
      method: 'POST',
      setupRequest: (request, context) => ({
        ...request,
        path: `/holds/${(context as { holdId?: string }).holdId}/confirm`,
      }),
    },
  ],
};

/**
 * Admits tickets of the packaged event that never sells out, in the order of their numbers, each once.
 *
 * @param secret the ORDER_SECRET of the server, from which the codes of its tickets are computed
 */
export function admitRequest(secret: string): BenchRequest {
  const codes = new TicketCodes(secret);
  let serial = 0;
  return {
    title: 'admit',
    method: 'POST',
    path: '/admissions',
    status: 201,
    steps: [
      {
        method: 'POST',
        headers: json,
        setupRequest(request) {
          const code = codes.codeOf({ eventId: 'world-stream', serial: ++serial });
          return { ...request, body: JSON.stringify({ code }) };
        },
      },
    ],
  };
}

const search = { method: 'GET', path: '/search' } as const;
export const searchRequest: BenchRequest = { ...search, title: '/search', status: 200 };
export const unchangedRequest: BenchRequest = { ...search, title: '/search 304', status: 304 };

/** Adds the current ETag to a request that expects 304. */
async function withEtag(request: BenchRequest, url: URL): Promise<BenchRequest> {
  if (request.status !== 304) return request;
  const { headers } = await fetch(new URL(request.path, url));
  return { ...request, headers: { 'if-none-match': headers.get('etag') ?? '' } };
}

export interface LoadOptions {
  readonly url: URL;
  readonly request: BenchRequest;
  readonly connections: number;
  /** Not counted: connecting, and the first requests of all connections at once. */
  readonly leadInMs: number;
  readonly measuredMs: number;
}

const percentiles = [50, 99, 99.9] as const;
export type Percentile = (typeof percentiles)[number];

/** One run. `unexpected` and `failed` include the lead-in. */
export interface Run {
  /** Answers with the expected status (of a buy: sales) in the measured time. */
  readonly answered: number;
  readonly perSecond: number;
  /** From request to answer. */
  readonly latencyMs: Readonly<Record<Percentile, number>>;
  /** Bytes of an answer with its head, the mean. */
  readonly answerBytes: number;
  /** Answers with another status. */
  readonly unexpected: number;
  /** Connections that broke, and requests without an answer in time. */
  readonly failed: number;
  /** Connections without any answer in the measured time. */
  readonly starved: number;
}

/** How often autocannon checks whether it should stop. */
const SAMPLE_MS = 50;
/** Longer than the server's own limit, so that the server's answer arrives first. */
const ANSWER_SECONDS_MAX = 15;
/** After this many failures the run ends early. */
const FAILED_MAX = 1_000;

/**
 * Sends requests over every connection, each as soon as the one before is answered.
 *
 * The answers are counted here. autocannon's own summary rounds to milliseconds, has no lead-in, and
 * stretches a run to its next sample.
 */
export async function load(options: LoadOptions): Promise<Run> {
  const { url, connections, leadInMs, measuredMs } = options;
  const request = await withEtag(options.request, url);
  const latency = createHistogram();
  const served = new Set<autocannon.Client>();
  let answered = 0;
  let bytes = 0;
  let unexpected = 0;
  let openedAt: number | undefined;
  let closedAt: number | undefined;

  return new Promise((resolve, reject) => {
    const open = setTimeout(() => {
      openedAt = performance.now();
    }, leadInMs);
    const close = setTimeout(() => {
      closedAt = performance.now();
      instance.stop();
    }, leadInMs + measuredMs);

    const instance = autocannon(
      {
        url: new URL(request.path, url).href,
        method: request.method,
        headers: { ...request.headers },
        ...(request.bodies && { requests: request.bodies.map((body) => ({ body })) }),
        ...(request.steps && { requests: [...request.steps] }),
        connections,
        duration: Math.ceil((leadInMs + measuredMs) / 1000) + 1, // the timer above fires first
        timeout: ANSWER_SECONDS_MAX,
        bailout: FAILED_MAX,
        sampleInt: SAMPLE_MS,
      },
      (error, { errors: failed } = { errors: 0 } as autocannon.Result) => {
        clearTimeout(open);
        clearTimeout(close);
        if (error) return reject(error);
        const now = performance.now();
        const seconds = ((closedAt ?? now) - (openedAt ?? now)) / 1000;
        const counted = answered / (request.steps?.length ?? 1);
        const latencies = percentiles.map((each) => [each, latency.percentile(each) / 1000]);
        resolve({
          answered,
          perSecond: counted / seconds,
          latencyMs: Object.fromEntries(latencies),
          answerBytes: bytes / answered,
          starved: connections - served.size,
          unexpected,
          failed,
        });
      },
    );
    instance.on('response', (client, status, answerBytes, ms) => {
      if (status !== request.status) unexpected++;
      if (openedAt === undefined || closedAt !== undefined) return;
      served.add(client);
      if (status !== request.status) return;
      answered++;
      bytes += answerBytes;
      latency.record(Math.max(1, Math.round(ms * 1000)));
    });
  });
}
