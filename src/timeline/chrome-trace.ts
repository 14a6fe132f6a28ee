import { assignRows } from './lane-rows.js';
import type { Lane, Run } from './report.js';

/**
 * An event of Chrome's trace-event format (the JSON form that chrome://tracing and Perfetto read):
 * `X` lasts for `dur`, `i` is an instant, `M` names a process or a thread, `s` and `f` are the ends
 * of an arrow. Times are microseconds.
 */
export interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'i' | 'M' | 's' | 'f';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number;
  readonly bp?: 'e';
  readonly s?: 'p';
  readonly args?: Readonly<Record<string, unknown>>;
}

export interface ChromeTrace {
  readonly displayTimeUnit: 'ms';
  readonly traceEvents: readonly TraceEvent[];
}

/** The gap between two runs, in microseconds: they follow one another. */
const GAP_US = 10_000;

/** Converts runs to a trace. Each lane is a process; overlapping batches are in different threads. */
export function chromeTrace(runs: readonly Run[]): ChromeTrace {
  let start = 0;
  const traceEvents: TraceEvent[] = [];
  for (const [index, run] of runs.entries()) {
    for (const lane of run.lanes) traceEvents.push(...eventsOf(lane, run, start));
    traceEvents.push(...arrowOf(run, index + 1, start));
    start += run.endMs * 1000 + GAP_US;
  }
  return { displayTimeUnit: 'ms', traceEvents };
}

function eventsOf({ pid, name, batches, marks }: Lane, run: Run, start: number): TraceEvent[] {
  const title = `process ${name} (${run.title})`;
  const events: TraceEvent[] = [
    { name: 'process_name', ph: 'M', pid, tid: 0, args: { name: title } },
  ];
  const rows = assignRows(batches);
  for (const [batch, row] of rows) {
    const { spans, id, serials, read, wrote, refused } = batch;
    events.push({
      name: `batch ${batch.number}`,
      cat: 'batch',
      ph: 'X',
      pid,
      tid: row + 1,
      ts: at(batch.start, start),
      dur: us(batch.end - batch.start),
      args: { id, serials, read, wrote, refused },
    });
    for (const { kind, start: from, end, ...args } of spans) {
      const ts = at(from, start);
      events.push({
        name: kind,
        cat: 'step',
        ph: 'X',
        pid,
        tid: row + 1,
        ts,
        dur: us(end - from),
        args,
      });
    }
  }
  for (const mark of marks) {
    events.push({ name: mark.kind, ph: 'i', s: 'p', pid, tid: 1, ts: at(mark.at, start) });
  }
  return events;
}

/** An arrow from the write that was lost to the one that erased it. */
function arrowOf({ lostUpdate, lanes }: Run, id: number, start: number): TraceEvent[] {
  if (lostUpdate === undefined) return [];
  const end = (side: typeof lostUpdate.erased, ph: 's' | 'f'): TraceEvent => {
    const rows = assignRows(lanes.find(({ pid }) => pid === side.pid)?.batches ?? []);
    const tid = ([...rows].find(([batch]) => batch.id === side.batchId)?.[1] ?? 0) + 1;
    // Slightly before the end of the write, or the arrow would be attached to the next slice.
    const ts = at(side.wrote.at, start) - 1;
    const name = 'lost update';
    return {
      name,
      cat: 'lost',
      ph,
      id,
      pid: side.pid,
      tid,
      ts,
      ...(ph === 'f' ? { bp: 'e' } : {}),
    };
  };
  return [end(lostUpdate.erased, 's'), end(lostUpdate.erasing, 'f')];
}

const us = (milliseconds: number): number => Math.round(milliseconds * 1000);
const at = (milliseconds: number, start: number): number => start + us(milliseconds);
