import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { type ChromeTrace, chromeTrace, type TraceEvent } from '../../src/timeline/chrome-trace.js';
import { exampleRun } from './example-run.js';

const event = (ph: string, required: string[], properties: object = {}) => ({
  type: 'object',
  required: ['name', 'ph', 'pid', 'tid', ...required],
  properties: {
    name: { type: 'string', minLength: 1 },
    ph: { const: ph },
    pid: { type: 'integer', minimum: 1 },
    tid: { type: 'integer', minimum: 0 },
    ts: { type: 'number', minimum: 0 },
    cat: { type: 'string' },
    args: { type: 'object' },
    ...properties,
  },
  additionalProperties: false,
});

/** The JSON object format of "Trace Event Format", as far as the lab uses it. */
const schema = {
  type: 'object',
  required: ['traceEvents'],
  properties: {
    displayTimeUnit: { enum: ['ms', 'ns'] },
    traceEvents: {
      type: 'array',
      minItems: 1,
      items: {
        oneOf: [
          event('X', ['ts', 'dur'], { dur: { type: 'number', minimum: 0 } }),
          event('i', ['ts', 's'], { s: { enum: ['g', 'p', 't'] } }),
          event('M', ['args'], { name: { const: 'process_name' } }),
          event('s', ['ts', 'id', 'cat'], { id: { type: 'integer' } }),
          event('f', ['ts', 'id', 'cat', 'bp'], { id: { type: 'integer' }, bp: { const: 'e' } }),
        ],
      },
    },
  },
  additionalProperties: false,
};

const isTrace = new Ajv().compile(schema);

/** Slices of one thread that overlap without being nested; a viewer would drop them. */
function partialOverlaps({ traceEvents }: ChromeTrace): [TraceEvent, TraceEvent][] {
  const slices = traceEvents.filter(({ ph }) => ph === 'X');
  const endOf = ({ ts = 0, dur = 0 }: TraceEvent) => ts + dur;
  return slices.flatMap((one) =>
    slices
      .filter((two) => two.pid === one.pid && two.tid === one.tid)
      .filter((two) => (two.ts ?? 0) > (one.ts ?? 0) && (two.ts ?? 0) < endOf(one))
      .filter((two) => endOf(two) > endOf(one))
      .map((two): [TraceEvent, TraceEvent] => [one, two]),
  );
}

const trace = chromeTrace([exampleRun]);

describe('chromeTrace', () => {
  test('produces a valid trace without partial overlaps', () => {
    expect(isTrace(JSON.parse(JSON.stringify(trace))), JSON.stringify(isTrace.errors)).toBe(true);
    expect(partialOverlaps(trace)).toEqual([]);
  });

  test('contains every process, batch and span, and the lost update as an arrow', () => {
    const { lanes } = exampleRun;
    const batches = lanes.flatMap((lane) => lane.batches);
    const spans = batches.flatMap((batch) => batch.spans);
    const count = (ph: string) => trace.traceEvents.filter((each) => each.ph === ph).length;
    expect([count('M'), count('X')]).toEqual([lanes.length, batches.length + spans.length]);
    expect([count('s'), count('f')]).toEqual([1, 1]);
  });

  test('places runs one after another', () => {
    const two = chromeTrace([exampleRun, exampleRun]).traceEvents.filter(({ ph }) => ph === 'X');
    const starts = two.map(({ ts }) => ts ?? 0);
    const half = starts.length / 2;
    expect(Math.min(...starts.slice(half))).toBeGreaterThan(Math.max(...starts.slice(0, half)));
  });

  // Negative control: a schema that accepts everything would accept these too.
  test.each([
    ['a slice without duration', { name: 'x', ph: 'X', pid: 1, tid: 1, ts: 1 }],
    ['a negative time', { name: 'x', ph: 'X', pid: 1, tid: 1, ts: -1, dur: 1 }],
    ['an unknown phase', { name: 'x', ph: 'Q', pid: 1, tid: 1, ts: 1 }],
    ['an arrow without a name', { name: 'x', ph: 's', pid: 1, tid: 1, ts: 1, cat: 'lost' }],
  ])('is rejected by the schema with %s', (_what, wrong) => {
    expect(isTrace({ traceEvents: [wrong] })).toBe(false);
  });

  test('(negative control: partial overlaps are detected)', () => {
    const slice = (ts: number) => ({ name: 'x', ph: 'X' as const, pid: 1, tid: 1, ts, dur: 10 });
    const overlapping = { displayTimeUnit: 'ms' as const, traceEvents: [slice(0), slice(5)] };
    expect(partialOverlaps(overlapping)).toHaveLength(1);
  });
});
