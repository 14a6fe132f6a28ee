import { describe, expect, it } from 'vitest';
import type { Run } from '../../bench/load.js';
import type { GroupResult, RowResult } from '../../bench/measure.js';
import { plotsOf } from '../../bench/plots.js';
import { type Results, report } from '../../bench/report.js';
import { allHold, latencyOf, ofBare, speedOf } from '../../bench/row-figures.js';
import { sweepColumns } from '../../bench/tables.js';

const runOf = (perSecond: number, answered = 2 * perSecond): Run => ({
  answered,
  perSecond,
  latencyMs: { 50: 1, 99: 2, 99.9: 3 },
  answerBytes: 300,
  unexpected: 0,
  failed: 0,
  starved: 0,
});

const rowOf = (
  name: string,
  at: number,
  perSecond: readonly number[],
  row: Partial<RowResult> = {},
): RowResult => ({
  name,
  at,
  server: name,
  request: 'POST /buy',
  mustHold: false,
  runs: perSecond.map((each) => runOf(each)),
  ...row,
});

const groupOf = (rows: readonly RowResult[]): GroupResult => ({
  name: 'rungs',
  title: 'The rungs',
  axis: 'connections',
  rows,
  syncMs: [],
  notRun: [],
});

describe('the figures of a row', () => {
  it('compare it with bare Fastify at the same place of the axis', () => {
    const group = groupOf([
      rowOf('bare Fastify', 64, [1000]),
      rowOf('bare Fastify', 1, [100]),
      rowOf('ledger kernel', 64, [800]),
      rowOf('ledger kernel', 1, [50]),
    ]);
    expect(group.rows.map((row) => ofBare(row, group)?.median)).toEqual([1, 1, 0.8, 0.5]);
  });

  it('compare it with bare Fastify under the same request', () => {
    const kernel = rowOf('ledger kernel, /search', 64, [1000], { request: '/search' });
    const group = groupOf([
      rowOf('bare Fastify', 64, [1000]),
      rowOf('bare Fastify, /search', 64, [2000], { server: 'bare Fastify', request: '/search' }),
      kernel,
    ]);
    expect(ofBare(kernel, group)?.median).toBe(0.5);
  });

  it('compare each round with the same round', () => {
    const kernel = rowOf('ledger kernel', 64, [50, 100, 300]);
    const group = groupOf([rowOf('bare Fastify', 64, [500, 200, 300]), kernel]);
    expect(ofBare(kernel, group)).toEqual({ median: 0.5, min: 0.1, max: 1 });
    expect(speedOf(kernel)).toEqual({ median: 100, min: 50, max: 300 });
  });

  it('have no ratio without bare Fastify', () => {
    const kernel = rowOf('ledger kernel', 64, [800]);
    expect(ofBare(kernel, groupOf([kernel]))).toBeUndefined();
  });

  it('leave out percentiles that too few answers support', () => {
    const row = rowOf('json off', 64, [250, 250]); // 1,000 answers
    expect(latencyOf(row, 99)).toBe(2);
    expect(latencyOf(row, 99.9)).toBeUndefined();
  });
});

const sales = { lostUpdates: 0, stillOnSale: 0, duplicates: 0, oversold: 0 };
const holds = { sales: { ...sales, verdict: 'holds' } } as const;
const broken = { sales: { ...sales, verdict: 'broken', duplicates: 7 } } as const;
const inconclusive = { sales: { ...sales, verdict: 'inconclusive' } } as const;

describe('whether all rows hold', () => {
  const allHoldWith = (row: Partial<RowResult>) =>
    allHold(groupOf([rowOf('json file', 64, [1], row)]));

  it('depends on the verdicts of the rows that must hold', () => {
    expect(allHoldWith({ ...holds, mustHold: true })).toBe(true);
    expect(allHoldWith({ ...broken, mustHold: true })).toBe(false);
    expect(allHoldWith({ ...broken, mustHold: false })).toBe(true);
  });

  it('is false without a conclusive verdict where a row must hold', () => {
    expect(allHoldWith({ ...inconclusive, mustHold: true })).toBe(false);
    expect(allHoldWith({ mustHold: true })).toBe(false);
  });
});

describe('a group', () => {
  const rowsAt = (at: number) => [
    rowOf('bare Fastify', at, [10]),
    rowOf('json off', at, [50], broken),
  ];

  it('at one place of its axis is plotted as a table', () => {
    const names = plotsOf([groupOf(rowsAt(64))]).map(({ name }) => name);
    expect(names).toEqual(['rungs-throughput', 'rungs-latency']);
  });

  it('at several places is plotted as a sweep, with a column for each place', () => {
    const group = groupOf([...rowsAt(64), ...rowsAt(256)]);
    expect(plotsOf([group]).map(({ name }) => name)).toEqual(['by-rungs']);
    const [, at64, at256] = sweepColumns(group);
    expect([at64?.head, at256?.head]).toEqual(['64\nconnections', '256\nconnections']);
    expect(at64?.cell('json off')).toBe('50 (5.00)');
  });
});

describe('the report', () => {
  const results = (rows: readonly RowResult[]): Results => ({
    at: '2027-01-02T10:00:00.000Z',
    minutes: 1,
    targets: [],
    groups: [groupOf(rows)],
    machine: {
      cores: 2,
      cpu: 'a processor',
      node: 'v20',
      platform: 'linux',
      loadAverage: 0,
      inMemory: false,
      syncMs: 0.3,
    },
    plan: {
      rounds: 1,
      measuredMs: 1_500,
      leadInMs: 0,
      warmUpMs: 0,
      connections: 64,
      workers: 2,
    },
  });

  it('shows the verdict beside the speed, and says what must hold and does not', () => {
    const page = report(
      results([rowOf('json file', 64, [50], { ...broken, mustHold: true })]),
      'markdown',
    );
    expect(page).toMatch(/\| json file \| 50 .*\*\*BROKEN: 7 sold twice\*\* \|/);
    expect(page).toContain('json file, 64 connections: must hold, and does not');
  });

  it('warns of the speed of a row that sells tickets twice by design', () => {
    const text = report(results([rowOf('json off', 64, [50], broken)]), 'terminal');
    expect(text).toContain('json off: sold tickets twice, so the speed is worth nothing.');
    expect(text).not.toContain('must hold, and does not');
  });
});
