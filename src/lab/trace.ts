import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../booking/outcomes.js';
import type { Step, StepName } from '../booking/sale-steps.js';
import { LineReader } from '../store/shared/line-reader.js';
import type { Mark } from '../timeline/report.js';

/** The result of a command, as far as a timeline shows it. */
export type TracedResult =
  | {
      readonly kind: 'sold';
      readonly serials: readonly number[];
      readonly remaining: number;
      /** Tickets left before it, if it sold what was held. */
      readonly before?: number;
    }
  | { readonly kind: 'soldOut'; readonly remaining: number }
  | ChangedResult;

/** It held tickets, or put some back on sale; or it sent a message of a queue. */
interface ChangedResult {
  readonly kind: 'changed';
  readonly before: number;
  readonly remaining: number;
}

/** The name of a step. `sent`: the receiver of a queue's messages has answered. */
export type TracedName = StepName | 'sent';

/** A step of a sale, recorded by a process of the sandbox. */
export interface TracedStep {
  readonly pid: number;
  readonly name: TracedName;
  readonly batch: number;
  /** Milliseconds on a clock that all processes of this machine share. */
  readonly at: number;
  readonly version?: number;
  /** Buys that were queued, refused or answered. */
  readonly buys?: number;
  readonly results?: readonly TracedResult[];
}

/** A step as its process knows it. */
export interface RecordedStep extends Omit<Step, 'name' | 'results'> {
  readonly name: TracedName;
  readonly results?: readonly (Result | ChangedResult)[];
}

/** Something that happened to a process. `full`: its trace reached the limit. */
export interface TracedMark {
  readonly pid: number;
  readonly mark: Mark['kind'] | 'full';
  readonly at: number;
}

/** A line of a trace file. */
export type TraceLine = TracedStep | TracedMark;

export const isMark = (line: TraceLine): line is TracedMark => 'mark' in line;
export const isStep = (line: TraceLine): line is TracedStep => !isMark(line);

/** The machine's monotonic clock, which all its processes share, in milliseconds. */
export const sharedClock = (): number => Number(process.hrtime.bigint()) / 1e6;

/**
 * The lines of a run that began at a moment of the shared clock: without the batches that had begun
 * before, such as those of the warm-up, whose last lines may be written after it. Pure.
 */
export function linesSince(lines: readonly TraceLine[], began: number): TraceLine[] {
  const earlier = new Set<string>();
  const idOf = ({ pid, batch }: TracedStep) => `${pid}:${batch}`;
  for (const line of lines) {
    if (isStep(line) && line.batch > 0 && line.at < began) earlier.add(idOf(line));
  }
  return lines.filter(
    (line) => isMark(line) || (line.batch > 0 ? !earlier.has(idOf(line)) : line.at >= began),
  );
}

/** How many buys the steps of this name were about. */
export const countBuys = (steps: readonly TracedStep[], name: StepName): number =>
  steps.reduce((sum, step) => sum + (step.name === name ? (step.buys ?? 0) : 0), 0);

/** @param at the time on the shared clock */
export function toTracedStep(pid: number, step: RecordedStep, at: number): TracedStep {
  const { name, batch, version, results } = step;
  const buys = step.buys ?? results?.length;
  return {
    pid,
    name,
    batch,
    at,
    ...(version === undefined ? {} : { version }),
    ...(buys === undefined ? {} : { buys }),
    ...(results === undefined ? {} : { results: results.flatMap(toTracedResult) }),
  };
}

function toTracedResult(result: Result | ChangedResult): TracedResult[] {
  switch (result.kind) {
    case 'changed':
      return [result];
    case 'sold':
      return [
        {
          kind: 'sold',
          serials: result.serials,
          remaining: result.remaining,
          ...(result.holdId === undefined ? {} : { before: result.remaining }),
        },
      ];
    case 'held':
      return [changed(result.remaining + result.quantity, result.remaining)];
    case 'released':
      return [changed(result.remaining - result.quantity, result.remaining)];
    case 'cancelled':
      return [changed(result.remaining - result.serials.length, result.remaining)];
    case 'soldOut':
      return [{ kind: 'soldOut', remaining: result.remaining }];
    default:
      return [];
  }
}

const changed = (before: number, remaining: number): ChangedResult => ({
  kind: 'changed',
  before,
  remaining,
});

/** Reads the trace files of a sandbox; each call continues where the last one ended. */
export class TraceReader {
  readonly #folder: string;
  readonly #offsets = new Map<string, number>();

  /** @param folder contains a trace file per process */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The lines written since the last call; those of one process are in order. */
  async readNewLines(): Promise<TraceLine[]> {
    const traced: TraceLine[] = [];
    for (const name of await readdir(this.#folder)) {
      const file = await open(join(this.#folder, name), 'r');
      try {
        const lines = new LineReader(file, this.#offsets.get(name));
        await lines.readNewLines((line) => {
          traced.push(JSON.parse(line.toString('utf8')) as TraceLine);
        });
        this.#offsets.set(name, lines.offset);
      } finally {
        await file.close();
      }
    }
    return traced;
  }
}
