import type { LabRequest } from '../../timeline/lab-request.js';
import type { LabStatus } from '../../timeline/lab-status.js';
import { fetchJson } from '../api.js';

const POLL_MS = 150;

/** An experiment that the lab runs, followed until it ends. */
export class Experiment {
  #stopped = false;
  #id: string | undefined;

  /**
   * Starts the experiment and reports its progress.
   *
   * @returns the final status; `undefined` after `stop()`
   * @throws HttpError if the lab rejects the request
   */
  async run(
    request: LabRequest,
    onProgress: (status: LabStatus) => void,
  ): Promise<LabStatus | undefined> {
    let status = await fetchJson<LabStatus>('/lab/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    this.#id = status.id;
    if (this.#stopped) await this.stop();
    while (!this.#stopped) {
      onProgress(status);
      if (status.state !== 'running') return status;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      status = await fetchJson<LabStatus>(`/lab/runs/${status.id}`);
    }
    return undefined;
  }

  /** Stops the experiment; the lab removes its processes and its folder. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#id === undefined) return;
    // It may have ended by itself.
    await fetchJson(`/lab/runs/${this.#id}`, { method: 'DELETE' }).catch(() => {});
  }
}
