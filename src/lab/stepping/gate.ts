import type { SellerCommand, SellerMessage } from './messages.js';

/** The channel to the stepped run: `process`, in a process that has a parent. */
export interface Channel {
  send?(message: SellerMessage): unknown;
  on(event: 'message', listener: (message: SellerCommand) => void): unknown;
}

/**
 * Holds a process before each step until the learner lets it make that step. The process awaits: its
 * event loop is free, so it renews its leases.
 */
export class Gate {
  readonly #channel: Channel;
  #believes: string | undefined;
  #release: (() => void) | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
    channel.on('message', ({ type }) => {
      if (type === 'go') this.#release?.();
    });
  }

  /** Resolves when the learner lets the process make this step. */
  async before(next: string): Promise<void> {
    const opened = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    this.report({ type: 'held', next, ...this.#belief() });
    await opened;
    this.#release = undefined;
  }

  /** Remembers what the process read or decided, for the learner to see. */
  believe(what: string): void {
    this.#believes = what;
  }

  report(message: SellerMessage): void {
    this.#channel.send?.(message);
  }

  #belief(): { believes?: string } {
    return this.#believes === undefined ? {} : { believes: this.#believes };
  }
}
