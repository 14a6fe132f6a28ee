import { describe, expect, it } from 'vitest';
import type { Run } from '../../bench/load.js';
import type { GroupResult, RowResult } from '../../bench/measure.js';
import { judgeTargets } from '../../bench/targets.js';

const run: Run = {
  answered: 1,
  perSecond: 1,
  latencyMs: { 50: 1, 99: 1, 99.9: 1 },
  answerBytes: 1,
  unexpected: 0,
  failed: 0,
  starved: 0,
};

/** A row with one run for each of these. */
const row = (name: string, at: number, runs: readonly Partial<Run>[]): RowResult => ({
  name,
  at,
  server: name,
  request: 'POST /buy',
  mustHold: false,
  runs: runs.map((each) => ({ ...run, ...each })),
});

const group = (
  axis: string,
  rows: readonly RowResult[],
  syncMs: readonly number[] = [],
): GroupResult => ({ name: axis, title: axis, axis, rows, syncMs, notRun: [] });

const speeds = (...perSecond: number[]) => perSecond.map((each) => ({ perSecond: each }));

function judged(groups: readonly GroupResult[], what: RegExp) {
  const found = judgeTargets(groups).filter((target) => target.what.match(what));
  expect(found).toHaveLength(1);
  return found[0];
}

const kernelOfBare = /^ledger kernel against bare Fastify$/;
const kernelAndBare = (kernel: Partial<Run>[], bare: Partial<Run>[]) => [
  group('connections', [row('ledger kernel', 64, kernel), row('bare Fastify', 64, bare)]),
];
const thousand = speeds(1000, 1000, 1000, 1000, 1000);

describe('a target', () => {
  it('is compared with the median of the ratios of each round', () => {
    // The machine is slow in some rounds, for both but in the second. The rows' medians would say 0.23.
    const kernel = speeds(4_600, 2_300, 2_300, 2_300, 4_600);
    const bare = speeds(10_000, 10_000, 5_000, 5_000, 10_000);
    const target = judged(kernelAndBare(kernel, bare), kernelOfBare);
    expect(target?.met).toBe(true);
    expect(target?.measured?.median).toBeCloseTo(0.46);
  });

  it('is missed by a median below it', () => {
    const target = judged(kernelAndBare(speeds(449, 449, 449, 990, 990), thousand), kernelOfBare);
    expect(target).toMatchObject({ met: false, target: 0.45, measured: { min: 0.449, max: 0.99 } });
  });

  it('is met at the limit itself', () => {
    const target = judged(kernelAndBare(speeds(450, 450, 450, 450, 450), thousand), kernelOfBare);
    expect(target?.met).toBe(true);
  });

  it('may be an upper limit', () => {
    const p99 = (...ms: number[]) =>
      ms.map((each) => ({ latencyMs: { ...run.latencyMs, 99: each } }));
    const groups = (kernel: number) =>
      kernelAndBare(p99(kernel, kernel, kernel, kernel, kernel), p99(3, 3, 3, 3, 3));
    expect(judged(groups(6), /^p99 of ledger kernel/)?.met).toBe(true);
    expect(judged(groups(6.1), /^p99 of ledger kernel/)?.met).toBe(false);
  });

  it('is not judged by fewer than five rounds', () => {
    const target = judged(kernelAndBare(speeds(1, 1, 1, 1), speeds(9, 9, 9, 9)), kernelOfBare);
    expect(target?.measured).toBeDefined();
    expect(target?.met).toBeUndefined();
  });

  it('is not judged when one of its rows was not run', () => {
    const target = judged(
      [group('connections', [row('ledger kernel', 64, speeds(1, 1, 1, 1, 1))])],
      kernelOfBare,
    );
    expect(target).not.toHaveProperty('measured');
    expect(target?.met).toBeUndefined();
  });

  it('never compares rows of different groups, whose rounds are not the same', () => {
    const [both] = kernelAndBare(thousand, thousand);
    const apart = both?.rows.map((each) => group('connections', [each])) ?? [];
    expect(judged(apart, kernelOfBare)).not.toHaveProperty('measured');
  });

  it('is not met by a figure that is not a number', () => {
    const latencyMs = { ...run.latencyMs, 99: Number.NaN };
    const nothing = thousand.map((each) => ({ ...each, latencyMs }));
    const target = judged(kernelAndBare(nothing, thousand), /^p99 of ledger kernel/);
    expect(target?.met).not.toBe(true);
  });
});

it('compares one connection with a sync and the time of bare Fastify', () => {
  const connections = group(
    'connections',
    [
      row('ledger kernel', 1, thousand), // 1 ms a buy
      row('bare Fastify', 1, speeds(2000, 2000, 2000, 2000, 2000)), // 0.5 ms an answer
    ],
    [0.3, 0.3, 0.3, 0.3, 0.3],
  );
  const target = judged(
    [connections],
    /^time of ledger kernel at 1 connection against bare Fastify and a sync$/,
  );
  expect(target?.measured?.median).toBeCloseTo(1 / 0.8);
  expect(target?.met).toBe(true);
});
