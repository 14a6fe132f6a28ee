/** Upper bounds of the buckets, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const NAME = 'turnstile_request_duration_seconds';

/** The durations of one route: how many are in each bucket (the last one is +Inf), and their sum. */
interface Series {
  readonly route: string;
  readonly counts: number[];
  sumS: number;
}

/**
 * How long requests took, by route, as a histogram for Prometheus. It is counted by hand: finding the
 * bucket of a route by its label would cost more than everything else that is counted per buy.
 */
export class RequestDurations {
  readonly #series: Series[] = [];

  /** Returns a function that counts a request of a route, in milliseconds. */
  newSeries(route: string): (durationMs: number) => void {
    const series: Series = { route, counts: new Array(BUCKETS.length + 1).fill(0), sumS: 0 };
    this.#series.push(series);
    const { counts } = series;
    return (durationMs) => {
      const seconds = durationMs / 1000;
      let bucket = 0;
      while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] as number)) bucket++;
      counts[bucket] = (counts[bucket] as number) + 1;
      series.sumS += seconds;
    };
  }

  /** The metric as prom-client reports one, without routes that no client called. */
  report(): object {
    const called = this.#series.filter(({ counts }) => counts.some((count) => count > 0));
    return {
      name: NAME,
      help: 'Time from the request to the end of its answer, by route',
      type: 'histogram',
      aggregator: 'sum',
      values: called.flatMap(valuesOf),
    };
  }
}

function valuesOf({ route, counts, sumS }: Series): object[] {
  let upTo = 0;
  const buckets = counts.map((count, index) => {
    upTo += count;
    return value('bucket', { le: BUCKETS[index] ?? '+Inf', route }, upTo);
  });
  return [...buckets, value('sum', { route }, sumS), value('count', { route }, upTo)];
}

const value = (part: string, labels: object, value: number): object => ({
  metricName: `${NAME}_${part}`,
  labels,
  value,
});
