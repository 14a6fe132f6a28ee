import type { LabRequest, LabStatus } from '../../timeline/report.js';
import { RefusedError } from '../api.js';

const ASK_EVERY_MS = 150;

/** An experiment that was asked for, and is watched until it ends. */
export class Experiment {
  #stopped = false;
  #id: string | undefined;

  /**
   * Asks for it, and tells how far it is.
   *
   * @returns how it ended; `undefined` when it was stopped from here
   * @throws RefusedError when the lab will not run it
   */
  async run(
    request: LabRequest,
    onProgress: (status: LabStatus) => void,
  ): Promise<LabStatus | undefined> {
    let status = await ask('/lab/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    this.#id = status.id;
    if (this.#stopped) await this.stop();
    while (!this.#stopped) {
      onProgress(status);
      if (status.state !== 'running') return status;
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
      status = await ask(`/lab/runs/${status.id}`);
    }
    return undefined;
  }

  /** Ends it; its processes are gone then, and its folder. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#id === undefined) return;
    await ask(`/lab/runs/${this.#id}`, { method: 'DELETE' }).catch(() => {}); // it may have ended
  }
}

async function ask(path: string, init?: RequestInit): Promise<LabStatus> {
  const answer = await fetch(path, init);
  const body = (await answer.json()) as LabStatus & { detail?: string; title?: string };
  if (answer.ok) return body;
  throw new RefusedError(answer.status, body.detail ?? body.title ?? answer.statusText);
}
