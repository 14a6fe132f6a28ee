import { randomBytes } from 'node:crypto';
import type { LabRequest } from '../../timeline/lab-request.js';
import type { LabQuestion, LabReply } from '../../timeline/lab-status.js';
import { UserError } from '../../user-error.js';
import { planStepped } from './plan-stepped.js';
import { SteppingProcess } from './stepping-process.js';

/** How long a reply may take. A worker waits 2 s for the reply of its primary. */
const REPLY_MS_MAX = 1_700;

/** How many stepped runs are remembered. */
const RUNS_MAX = 5;

type RunQuestion = Exclude<LabQuestion, { verb: 'begin' }>;

/** The stepped runs of a server: one at a time, each in a process that ends with this one. */
export class SteppingService {
  /** By id, the oldest first. */
  readonly #runs = new Map<string, SteppingProcess>();
  #current: SteppingProcess | undefined;

  /** Whether a run has processes. */
  get running(): boolean {
    return this.#current !== undefined;
  }

  has(id: string): boolean {
    return this.#runs.has(id);
  }

  /** Starts a run, and replies when its processes have started or, on a busy machine, sooner. */
  async begin(request: LabRequest): Promise<LabReply> {
    const id = randomBytes(9).toString('base64url');
    let run: SteppingProcess;
    try {
      run = new SteppingProcess({ id, request }, planStepped(request));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { kind: 'invalid', why: error.message };
    }
    this.#remember(id, run);
    this.#current = run;
    void run.exited.then(() => {
      if (this.#current === run) this.#current = undefined;
    });
    await run.started(REPLY_MS_MAX);
    return { kind: 'status', status: run.status };
  }

  async answer(question: RunQuestion): Promise<LabReply> {
    const run = this.#runs.get(question.id);
    if (run === undefined) return { kind: 'unknown' };
    if (question.verb === 'step') {
      return run.call(question, REPLY_MS_MAX);
    }
    if (question.verb === 'look') return run.call({ verb: 'look' }, REPLY_MS_MAX);
    const deadline = performance.now() + REPLY_MS_MAX;
    const reply = await run.call({ verb: 'end' }, REPLY_MS_MAX);
    run.stop();
    await run.ended(deadline - performance.now()); // so that the next one may start
    return reply.kind === 'status' ? { kind: 'status', status: run.status } : reply;
  }

  /** Ends the run that has processes, if there is one. */
  close(): void {
    this.#current?.stop();
  }

  #remember(id: string, run: SteppingProcess): void {
    this.#runs.set(id, run);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > RUNS_MAX && oldest !== undefined) this.#runs.delete(oldest);
  }
}
