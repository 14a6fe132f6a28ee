import { describe, expect, test } from 'vitest';
import { type ProbedSlot, probeOnce } from '../../src/cluster/probe-connections.js';

const slot = (ready: boolean) => {
  const probed = { ready, probes: 0, killIfDeaf: () => void probed.probes++ };
  return probed satisfies ProbedSlot;
};

describe('a probe', () => {
  test('opens a connection for each worker that listens, and then judges them', async () => {
    const slots = [slot(true), slot(false), slot(true)];
    let opened = 0;
    await probeOnce(async () => ++opened > 0, slots);
    expect(opened).toBe(2);
    expect(slots.map(({ probes }) => probes)).toEqual([1, 0, 1]);
  });

  test('judges no worker if the port cannot be reached', async () => {
    const slots = [slot(true), slot(true)];
    await probeOnce(async () => false, slots);
    expect(slots.map(({ probes }) => probes)).toEqual([0, 0]);
  });
});
