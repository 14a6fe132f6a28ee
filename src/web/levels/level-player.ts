import type { LabRequest } from '../../timeline/lab-request.js';
import { type Change, changesBetween } from '../../timeline/step-words.js';
import type { SteppedAction, SteppedStatus } from '../../timeline/stepped-run.js';
import { fetchJson, HttpError, post } from '../api.js';
import { describeLabError, isLabBusy } from '../lab/lab-errors.js';
import type { LevelName } from './level-progress.js';

/** How soon to look again: while something may happen by itself, and otherwise. */
const LOOK_MS = { soon: 400, later: 2_000 };

/** On a busy machine, a run that this page has just ended may have processes for this long. */
const BUSY_MS_MAX = 3_000;
const BUSY_RETRY_MS = 250;

/** How long the next run waits for the end of the last one. */
const END_MS_MAX = 5_000;

/** Steps that are shown; a run may make as many. */
const HISTORY_MAX = 1_000;

const text = {
  idle: 'This run has ended: no step was made for two minutes, or another page ended it. Start over.',
  unknown: 'The server no longer has this run. Start over.',
  failed: (why: string) => `The run failed: ${why}. Start over.`,
};

/** How far the learner has come with a level. */
export interface Played {
  /** Missing until the run has started. */
  readonly status?: SteppedStatus;
  /** What happened since the run started, the oldest first. */
  readonly history: readonly Change[];
  /** Whether a step is under way. */
  readonly isStepping: boolean;
  readonly gaveUp: boolean;
  /** Why no run can be played any more, and what to do. */
  readonly gone?: string;
  /** Why the last request failed; the next one may succeed. */
  readonly problem?: string;
}

/** The end of the run that this page played last: the next one waits for it. */
let lastRunEnded: Promise<void> = Promise.resolve();

const notStarted: Played = { history: [], isStepping: false, gaveUp: false };

/** A run of a level, from its start to its end. The page has one at a time. */
export class LevelPlayer {
  readonly #level: LevelName;
  readonly #onChange: (played: Played, changes: readonly Change[]) => void;
  #played = notStarted;
  /** The newest status, in which a process that is making a step is as it was before that. */
  #settled: SteppedStatus | undefined;
  /** Counts the runs of this player: an answer about an earlier one is ignored. */
  #run = 0;
  #requests = 0;
  #answered = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(level: LevelName, onChange: (played: Played, changes: readonly Change[]) => void) {
    this.#level = level;
    this.#onChange = onChange;
  }

  /** Ends the run that there is, and starts one. */
  async start(): Promise<void> {
    this.close();
    const run = this.#run;
    this.#settled = undefined;
    this.#show(notStarted);
    try {
      await lastRunEnded;
      const status = await this.#begin();
      if (run === this.#run) this.#receive(status);
      else lastRunEnded = endRun(status.id);
    } catch (error) {
      if (run === this.#run) this.#show({ ...notStarted, gone: describeLabError(error) });
    }
  }

  /** Does something to a process, unless a step is under way. */
  async act(name: string, action: SteppedAction): Promise<void> {
    const { status, isStepping, gone } = this.#played;
    const process = status?.processes.find((each) => each.name === name);
    if (status === undefined || process === undefined || isStepping || gone !== undefined) return;
    const run = this.#run;
    const { pid } = process;
    this.#show({ ...this.#played, isStepping: true });
    await this.#send(() => fetchJson(`/lab/runs/${status.id}/steps`, post({ pid, action })));
    if (run === this.#run) this.#show({ ...this.#played, isStepping: false });
  }

  /** Ends the run, and shows what there is to learn. */
  async giveUp(): Promise<void> {
    const { status } = this.#played;
    if (status === undefined) return;
    this.#show({ ...this.#played, gaveUp: true });
    await this.#send(() => fetchJson(`/lab/runs/${status.id}`, { method: 'DELETE' }));
  }

  /** Ends the run that there is. It can be called while the page is unloaded. */
  close(): void {
    const { status } = this.#played;
    this.#run++;
    clearTimeout(this.#timer);
    if (status !== undefined) lastRunEnded = endRun(status.id);
  }

  async #begin(): Promise<SteppedStatus> {
    const deadline = performance.now() + BUSY_MS_MAX;
    for (;;) {
      try {
        return await fetchJson<SteppedStatus>('/lab/runs', post(requestOf(this.#level)));
      } catch (error) {
        if (!isLabBusy(error) || performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, BUSY_RETRY_MS));
      }
    }
  }

  async #send(request: () => Promise<SteppedStatus>): Promise<void> {
    const run = this.#run;
    const number = ++this.#requests;
    try {
      const status = await request();
      if (run !== this.#run || number < this.#answered) return; // a newer one was faster
      this.#answered = number;
      this.#receive(status);
    } catch (error) {
      if (run === this.#run) this.#fail(error);
    }
  }

  #receive(status: SteppedStatus): void {
    const { problem: _, ...played } = this.#played;
    const changes = this.#settled === undefined ? [] : changesBetween(this.#settled, status);
    if (status.state !== 'starting') this.#settled = settled(status, this.#settled);
    const { history: before } = played;
    const history = changes.length === 0 ? before : [...before, ...changes].slice(-HISTORY_MAX);
    const gone = played.gaveUp ? undefined : reasonForEnd(status);
    this.#show({ ...played, status, history, ...(gone !== undefined && { gone }) }, changes);
    this.#lookLater();
  }

  #fail(error: unknown): void {
    if (error instanceof HttpError && error.problem.kind === 'unknown-run') {
      this.#show({ ...this.#played, gone: text.unknown });
      return;
    }
    this.#show({ ...this.#played, problem: describeLabError(error) });
    this.#lookLater();
  }

  /** A lease is taken over when its time is up, not at a step; and a run may end by itself. */
  #lookLater(): void {
    clearTimeout(this.#timer);
    const { status, gone } = this.#played;
    if (status === undefined || gone !== undefined || hasEnded(status)) return;
    const look = () => {
      if (document.hidden || this.#played.isStepping) this.#lookLater();
      else void this.#send(() => fetchJson(`/lab/runs/${status.id}`));
    };
    this.#timer = setTimeout(look, mayChange(status) ? LOOK_MS.soon : LOOK_MS.later);
  }

  #show(played: Played, changes: readonly Change[] = []): void {
    this.#played = played;
    this.#onChange(played, changes);
  }
}

/** Whether the processes of a run are gone. */
export const hasEnded = ({ state }: SteppedStatus): boolean =>
  state !== 'starting' && state !== 'running';

/** Whether something may happen although the learner does nothing. */
const mayChange = ({ state, processes }: SteppedStatus): boolean =>
  state === 'starting' || processes.some((each) => ['running', 'waiting'].includes(each.state));

const settled = (status: SteppedStatus, before: SteppedStatus | undefined): SteppedStatus => ({
  ...status,
  processes: status.processes.map((process, index) =>
    process.state === 'running' ? (before?.processes[index] ?? process) : process,
  ),
});

function reasonForEnd({ state, goal, failure = '' }: SteppedStatus): string | undefined {
  if (state === 'failed') return text.failed(failure);
  return state === 'stopped' && !goal.reached ? text.idle : undefined;
}

const requestOf = ({ level, variant }: LevelName): LabRequest =>
  variant === undefined ? { level } : { level, variant };

async function endRun(id: string): Promise<void> {
  const signal = AbortSignal.timeout(END_MS_MAX);
  // `keepalive`: the page may be gone before the answer. The run may have ended by itself.
  await fetchJson(`/lab/runs/${id}`, { method: 'DELETE', keepalive: true, signal }).catch(() => {});
}
