import { setImmediate as nextLoop } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Step, StepTracer } from '../../src/booking/sale-steps.js';

/** Three batches that interleave. Each step carries the true number of its batch as `version`. */
async function traceInterleaved(maxConcurrentBatches: number): Promise<Step[]> {
  const steps: Step[] = [];
  const tracer = new StepTracer((step) => steps.push(step), maxConcurrentBatches);
  const runBatch = (version: number) =>
    tracer.inBatch(version, async () => {
      for (const name of ['lockWanted', 'lockHeld', 'lockReleased'] as const) {
        tracer.emit(name, { version });
        await nextLoop();
      }
    });
  await Promise.all([1, 2, 3].map(runBatch));
  return steps;
}

const mislabelled = (steps: readonly Step[]) =>
  steps.filter(({ batch, version }) => batch !== version);

describe('StepTracer', () => {
  test.each([1, 2])('stamps steps with batch and time, %d batches at once', (maxConcurrent) => {
    const steps: Step[] = [];
    const tracer = new StepTracer((step) => steps.push(step), maxConcurrent);
    const before = performance.now();
    tracer.emit('queued', { buys: 2 });
    tracer.inBatch(1, () => tracer.emit('loaded', { version: 5 }));
    tracer.inBatch(2, () => tracer.emit('refused', { batch: 0, fault: 'QUEUE_FULL' }));
    const at = expect.any(Number);
    expect(steps).toEqual([
      { name: 'queued', batch: 0, at, buys: 2 },
      { name: 'loaded', batch: 1, at, version: 5 },
      { name: 'refused', batch: 0, at, fault: 'QUEUE_FULL' },
    ]);
    const times = [before, ...steps.map((step) => step.at), performance.now()];
    expect([...times].sort((one, other) => one - other)).toEqual(times);
  });

  test('returns the result of a batch', () => {
    for (const maxConcurrent of [1, 2]) {
      expect(new StepTracer(() => {}, maxConcurrent).inBatch(1, () => 'result')).toBe('result');
    }
  });

  test('labels the steps of overlapping batches with their own batch', async () => {
    const steps = await traceInterleaved(3);
    expect(steps.map(({ version }) => version)).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
    expect(mislabelled(steps)).toEqual([]);
  });

  test('would mislabel overlapping batches if made for one batch at a time', async () => {
    expect(mislabelled(await traceInterleaved(1))).toHaveLength(4);
  });
});
