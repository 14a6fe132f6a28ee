import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  type RecordedStep,
  sharedClock,
  type TracedMark,
  type TraceLine,
  toTracedStep,
} from './trace.js';

/** Steps that one process records; after them it adds the mark `full` and records no more. */
const STEPS_MAX = 200_000;

/** How long lines are buffered: a write after every step would change the timing that it records. */
const FLUSH_MS = 20;

/** Records the steps of this process in a file. */
export class TraceRecorder {
  readonly #file: number;
  readonly #offset = sharedClockOffset();
  #buffered: TraceLine[] = [];
  #flushTimer: NodeJS.Timeout | undefined;
  #steps = 0;

  /** @param folder contains a trace file per process of the sandbox */
  constructor(folder: string) {
    this.#file = openSync(join(folder, `${process.pid}.jsonl`), 'ax', 0o600);
    process.once('exit', () => this.flush());
    this.mark('started');
  }

  readonly onStep = (step: RecordedStep): void => {
    if (this.#steps === STEPS_MAX) return;
    this.#steps++;
    this.#record(toTracedStep(process.pid, step, step.at + this.#offset));
    if (this.#steps === STEPS_MAX) this.mark('full');
  };

  mark(mark: TracedMark['mark']): void {
    this.#record({ pid: process.pid, mark, at: performance.now() + this.#offset });
  }

  /** Writes what is buffered. A process must call it before it kills itself. */
  flush(): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    const lines = this.#buffered.map((line) => `${JSON.stringify(line)}\n`);
    this.#buffered = [];
    writeSync(this.#file, lines.join(''));
  }

  #record(line: TraceLine): void {
    this.#buffered.push(line);
    this.#flushTimer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
  }
}

/** How often both clocks are compared; the process may be paused between the two readings. */
const CLOCK_SAMPLES = 10;

/**
 * What to add to `performance.now()`, which starts at 0 in each process, to get the machine's
 * monotonic clock, which is the same in all processes.
 */
function sharedClockOffset(): number {
  let offset = Number.NEGATIVE_INFINITY;
  for (let sample = 0; sample < CLOCK_SAMPLES; sample++) {
    // The machine's clock is read first, so a pause can make the difference too small, never too large.
    offset = Math.max(offset, sharedClock() - performance.now());
  }
  return offset;
}
