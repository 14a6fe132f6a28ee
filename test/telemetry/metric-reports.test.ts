import { describe, expect, test } from 'vitest';
import { MetricReports } from '../../src/telemetry/metric-reports.js';
import { Metrics, sumMetrics } from '../../src/telemetry/metrics.js';

const report = (sold: number, waiting = 0) => [
  {
    name: 'buys_total',
    help: 'Buys',
    type: 'counter',
    aggregator: 'sum',
    values: [{ value: sold, labels: { outcome: 'sold' } }],
  },
  {
    name: 'waiting',
    help: 'Waiting',
    type: 'gauge',
    aggregator: 'sum',
    values: [{ value: waiting, labels: {} }],
  },
];

/** The values that a scrape shows. */
async function scrape(reports: readonly object[]): Promise<{ sold: number; waiting: number }> {
  const text = await sumMetrics(reports);
  const read = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);
  return { sold: read(/^buys_total\{.*\} (\d+)$/m), waiting: read(/^waiting (\d+)$/m) };
}

describe('metrics of several workers', () => {
  test('are summed, and the last report of a silent worker stands', async () => {
    const reports = new MetricReports();
    reports.update('worker-1', report(10, 1));
    reports.update('worker-2', report(5, 2));
    expect(await scrape(reports.all())).toEqual({ sold: 15, waiting: 3 });
    reports.update('worker-1', report(12, 0)); // worker-2 says nothing
    expect(await scrape(reports.all())).toEqual({ sold: 17, waiting: 2 });
  });

  test('keep the totals of workers that have exited, and not their gauges', async () => {
    const reports = new MetricReports();
    for (let life = 0; life < 3; life++) {
      reports.update('worker-1', report(10, 4));
      reports.exit('worker-1');
    }
    expect(await scrape(reports.all())).toEqual({ sold: 30, waiting: 0 });
    reports.update('worker-1', report(1, 4));
    expect(await scrape(reports.all())).toEqual({ sold: 31, waiting: 4 });
  });

  test('never decrease if an older report arrives late', async () => {
    const reports = new MetricReports();
    reports.update('worker-1', report(10));
    reports.update('worker-1', report(9));
    expect(await scrape(reports.all())).toEqual({ sold: 10, waiting: 0 });
  });

  test('negative control: a sum over the workers that answer decreases', async () => {
    const before = await scrape([report(10), report(5)]);
    const after = await scrape([report(12)]);
    expect(after.sold).toBeLessThan(before.sold);
  });
});

test('every outcome of a buy is counted from 0', async () => {
  const text = await sumMetrics([await new Metrics(() => 0).report()]);
  for (const outcome of ['sold', 'soldOut', 'unknownEvent', 'LOCK_TIMEOUT', 'STORAGE']) {
    expect(text).toContain(`turnstile_buys_total{outcome="${outcome}"} 0\n`);
  }
});
