import { expect, test } from 'vitest';
import { sumMetrics } from '../../src/telemetry/metrics.js';
import { RequestDurations } from '../../src/telemetry/request-durations.js';
import { histogram } from '../support/metrics.js';

test('durations are summed over workers, by route', async () => {
  const workers = [new RequestDurations(), new RequestDurations()];
  for (const worker of workers) {
    const count = worker.newSeries('POST /buy');
    for (const ms of [0.4, 1, 3, 20_000]) count(ms);
    worker.newSeries('GET /search'); // which nobody called
  }
  const text = await sumMetrics(workers.map((worker) => [worker.report()]));
  expect(text).toContain('# TYPE turnstile_request_duration_seconds histogram');
  expect(text).not.toContain('/search');
  const ofBuys = text.replaceAll(',route="POST /buy"', '').replaceAll('{route="POST /buy"}', '');
  const { count, sum, within } = histogram(ofBuys, 'turnstile_request_duration_seconds');
  expect([count, sum]).toEqual([8, expect.closeTo(40.0088)]);
  // Each bucket counts what is not above its bound, and the ones before it.
  expect([within(0.5), within(0.75), within(1)]).toEqual([0.001, 0.005, Number.POSITIVE_INFINITY]);
});
