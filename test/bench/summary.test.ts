import { createHistogram } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import type { Case, Group } from '../../bench/case.js';
import type { Measured, MeasuredRun } from '../../bench/rounds.js';
import type { Row } from '../../bench/row.js';
import { allHold, summarize } from '../../bench/summary.js';
import { sideBySide, sweepOf } from '../../bench/tables.js';
import { judge } from '../../src/verdict/judge.js';

const caseOf = (series: string, at: number, row: Partial<Row> = {}): Case => ({
  series,
  at,
  connections: at,
  office: {
    row: { name: series, program: '', settings: {}, mustHold: true, ...row },
    workers: 2,
  },
});

function runOf(answered: number, others = 0): MeasuredRun {
  const latency = createHistogram();
  for (let each = 0; each < answered; each++) latency.record(1000);
  return {
    ...{ answered, seconds: 2, latency, refused: 0, failed: 0, starved: 0 },
    ...{ others, workerBytes: 80e6 },
  };
}

const measuredOf = (of: Case, answered: readonly number[], others = 0): Measured => ({
  of,
  runs: answered.map((each) => runOf(each, others)),
  verdict: undefined,
});

const group: Group = { name: 'rungs', axis: 'connections', tableAt: 64, cases: [] };
const summaryOf = (measured: readonly Measured[]) =>
  summarize(group, { measured, notRun: [], syncMs: [] });

describe('a summary', () => {
  it('holds a row against the ceiling at its own place of the axis', () => {
    const { rows } = summaryOf([
      measuredOf(caseOf('ceiling', 64), [1000]),
      measuredOf(caseOf('ceiling', 1), [100]),
      measuredOf(caseOf('ledger kernel', 64), [800]),
      measuredOf(caseOf('ledger kernel', 1), [50]),
    ]);
    expect(rows.map(({ ofCeiling }) => ofCeiling?.median)).toEqual([1, 1, 0.8, 0.5]);
  });

  it('holds it against the only ceiling that there is', () => {
    const { rows } = summaryOf([
      measuredOf(caseOf('ceiling', 0), [1000]),
      measuredOf(caseOf('ledger kernel', 1_000_000), [900]),
    ]);
    expect(rows[1]?.ofCeiling?.median).toBe(0.9);
    expect(rows[1]?.perSecond.median).toBe(450); // in two seconds
  });

  it('compares rows of the table only, and not those of a sweep', () => {
    const { comparisons } = summaryOf([
      measuredOf(caseOf('json file', 64), [600]),
      measuredOf(caseOf('json file BATCH_MAX=1', 64), [20]),
      measuredOf(caseOf('json file', 1), [10]),
    ]);
    expect(comparisons).toMatchObject([{ of: 'json file', ratio: { median: 30 } }]);
  });

  it('does not count the server of a row as somebody else', () => {
    const { others } = summaryOf([
      measuredOf(caseOf('ceiling', 64), [1000], 0.02),
      measuredOf(caseOf('postgres row', 64, { server: 'postgres' }), [500], 0.4),
      measuredOf(caseOf('a new child process per buy', 64, { optional: true }), [5], 0.9),
    ]);
    expect(others.max).toBe(0.02);
  });
});

describe('whether all hold', () => {
  const oneCommit = { capacity: 2, remaining: 1 };
  const history = (distinct: number) =>
    judge({
      state: { version: 1, events: { a: { ...event, ...oneCommit } } },
      events: new Map([['a', { sold: 1, distinct, withinSoldCount: distinct }]]),
      ...{ commits: 1, versions: 1, skipped: 0, settled: true },
    });
  const event = {
    ...{ name: 'A', venue: 'B', startsAt: '2030-01-01T20:00:00Z' },
    price: { amount: 1, currency: 'EUR' },
  };
  const withVerdict = (distinct: number, mustHold: boolean) =>
    summaryOf([
      {
        ...measuredOf(caseOf('json file', 64, { mustHold }), [1]),
        verdict: history(distinct),
      },
    ]);

  it('is said by the verdicts, where they must', () => {
    expect(allHold(withVerdict(1, true))).toBe(true);
    expect(allHold(withVerdict(0, true))).toBe(false);
    expect(allHold(withVerdict(0, false))).toBe(true);
  });
});

describe('what is shown of a group', () => {
  const summary = summaryOf([
    measuredOf(caseOf('ceiling', 64), [10]),
    measuredOf(caseOf('ceiling', 256), [10]),
    measuredOf(caseOf('json off', 64), [1]),
  ]);

  it('stands side by side at one place', () => {
    expect(sideBySide(summary).map(({ series }) => series)).toEqual(['ceiling', 'json off']);
  });

  it('is a sweep where a row was measured at several', () => {
    const { places, lines } = sweepOf(summary);
    expect(places).toEqual([64, 256]);
    expect(lines.map(({ series }) => series)).toEqual(['ceiling']);
  });
});
