import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { StepListener } from '../booking/steps.js';
import { type Traced, type TracedMark, traceStep } from './traced-step.js';

/** Steps that one process notes; then it says that it is full, and notes no more. */
const STEPS_MAX = 200_000;

/** How long noted steps stay in memory: a write in every step would be seen in the picture. */
const FLUSH_MS = 20;

/** Notes the steps of this process in a file of its own. */
export class StepRecorder {
  readonly #file: number;
  readonly #offset = sharedClockOffset();
  readonly #now = (): number => performance.now() + this.#offset;
  #waiting: Traced[] = [];
  #flush: NodeJS.Timeout | undefined;
  #noted = 0;

  /** @param folder where every process of a sandbox has its trace */
  constructor(folder: string) {
    this.#file = openSync(join(folder, `${process.pid}.jsonl`), 'ax');
    this.mark('started');
  }

  readonly onStep: StepListener = (step) => {
    if (this.#noted === STEPS_MAX) return;
    this.#noted++;
    this.#note(traceStep(process.pid, step, step.at + this.#offset));
    if (this.#noted === STEPS_MAX) this.mark('full');
  };

  mark(mark: TracedMark['mark']): void {
    this.#note({ pid: process.pid, mark, at: this.#now() });
  }

  /** Writes down what was noted: a process that is about to end would take it along. */
  flush(): void {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    const lines = this.#waiting.map((traced) => `${JSON.stringify(traced)}\n`);
    this.#waiting = [];
    writeSync(this.#file, lines.join(''));
  }

  #note(traced: Traced): void {
    this.#waiting.push(traced);
    this.#flush ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
  }
}

/** Looks at both clocks; one of them may come right after a pause of this process. */
const LOOKS = 10;

/**
 * What to add to `performance.now()`, which counts from the start of a process, to have the
 * monotonic clock of the machine, which all of its processes read alike.
 */
function sharedClockOffset(): number {
  let offset = Number.NEGATIVE_INFINITY;
  for (let look = 0; look < LOOKS; look++) {
    // The machine's clock is read first, so that the difference is never too large, only too small.
    offset = Math.max(offset, Number(process.hrtime.bigint()) / 1e6 - performance.now());
  }
  return offset;
}
