/** A metric as prom-client reports it. */
interface Metric {
  readonly name: string;
  readonly type: string;
  readonly values: readonly Value[];
}

interface Value {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** Of a histogram: `…_bucket`, `…_sum` or `…_count`. */
  readonly metricName?: string;
}

/** Types whose values only grow while their process runs. */
const growing: ReadonlySet<string> = new Set(['counter', 'histogram']);

/**
 * The metrics of workers, so that no counter ever decreases: the totals of workers that have exited are
 * kept, and the last report of a worker that does not answer stands.
 */
export class MetricReports {
  /** By worker, then by metric. */
  readonly #latest = new Map<string, Map<string, Metric>>();
  readonly #exited = new Map<string, Metric>();

  /** Takes a report of a running worker, about some or all of its metrics. */
  update(worker: string, report: readonly object[]): void {
    const latest = this.#latest.get(worker) ?? new Map<string, Metric>();
    this.#latest.set(worker, latest);
    // Two reports may overtake each other; of a growing value, the larger one is the later one.
    for (const metric of report as Metric[]) combine(latest, metric, Math.max);
  }

  /** Keeps the totals of a worker that has exited; its gauges are gone with it. */
  exit(worker: string): void {
    for (const metric of this.#latest.get(worker)?.values() ?? []) {
      if (growing.has(metric.type)) combine(this.#exited, metric, (a, b) => a + b);
    }
    this.#latest.delete(worker);
  }

  /** One report for each running worker, and one for all that have exited. */
  all(): object[][] {
    const reports = [this.#exited, ...this.#latest.values()];
    return reports.map((report) => [...report.values()]);
  }
}

function combine(
  into: Map<string, Metric>,
  metric: Metric,
  merge: (known: number, next: number) => number,
): void {
  const known = into.get(metric.name);
  if (known === undefined || !growing.has(metric.type)) {
    into.set(metric.name, metric);
    return;
  }
  const values = new Map(known.values.map((value) => [keyOf(value), value]));
  for (const next of metric.values) {
    const key = keyOf(next);
    const value = merge(values.get(key)?.value ?? 0, next.value);
    values.set(key, { ...next, value });
  }
  into.set(metric.name, { ...metric, values: [...values.values()] });
}

const keyOf = ({ metricName = '', labels }: Value): string => metricName + JSON.stringify(labels);
