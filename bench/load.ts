import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import autocannon from 'autocannon';

export interface LoadOptions {
  readonly url: URL;
  readonly connections: number;
  /** What is bought, one after the other; else one event that has enough for everybody. */
  readonly eventIds?: readonly string[];
  /** What is left out at the beginning: connecting, and the first crowd that comes all at once. */
  readonly leadInMs: number;
  readonly measuredMs: number;
}

/** What one run showed. */
export interface Run {
  /** Buys answered with a sale in the measured time. */
  readonly buys: number;
  /** The measured time. */
  readonly seconds: number;
  /** From question to answer of those buys, in microseconds. */
  readonly latency: RecordableHistogram;
  /** Answers that were no sale, the lead-in included. */
  readonly refused: number;
  /** Connections that broke and requests without an answer in time, the lead-in included. */
  readonly failed: number;
  /** Connections that got no answer at all in the measured time. */
  readonly starved: number;
}

/** Buys in each second of the measured time. */
export const perSecond = ({ buys, seconds }: Run): number => buys / seconds;

const bodyOf = (eventId: string): string =>
  JSON.stringify({ eventId, customer: 'bench', quantity: 1 });

/** How often autocannon looks whether it should stop. */
const SAMPLE_MS = 50;
/** Longest wait for an answer. The office gives up first, and says so. */
const ANSWER_SECONDS_MAX = 15;
/** So many failures, and the office is gone: no use to go on knocking. */
const FAILED_MAX = 1_000;

/**
 * Buys from every connection again and again, each as soon as the one before is answered.
 *
 * The answers are counted here and not taken from autocannon's summary: it counts in whole
 * milliseconds, has no lead-in on the same connections, and stretches a run to its next sample.
 */
export function load(options: LoadOptions): Promise<Run> {
  const { url, connections, leadInMs, measuredMs, eventIds = ['world-stream'] } = options;
  const latency = createHistogram();
  const served = new Set<autocannon.Client>();
  let buys = 0;
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
        url: new URL('/buy', url).href,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        requests: eventIds.map((eventId) => ({ body: bodyOf(eventId) })),
        connections,
        duration: Math.ceil((leadInMs + measuredMs) / 1000) + 1, // the timer above comes first
        timeout: ANSWER_SECONDS_MAX,
        bailout: FAILED_MAX,
        sampleInt: SAMPLE_MS,
      },
      (error, result) => {
        clearTimeout(open);
        clearTimeout(close);
        if (error) {
          reject(error);
          return;
        }
        const now = performance.now();
        const seconds = ((closedAt ?? now) - (openedAt ?? now)) / 1000;
        resolve({
          buys,
          seconds,
          latency,
          refused: result.non2xx,
          failed: result.errors,
          starved: connections - served.size,
        });
      },
    );
    instance.on('response', (client, status, _bytes, ms) => {
      if (openedAt === undefined || closedAt !== undefined) return;
      served.add(client);
      if (status !== 201) return;
      buys++;
      latency.record(Math.max(1, Math.round(ms * 1000)));
    });
  });
}
