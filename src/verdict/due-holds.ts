import type { LoggedHold } from './life-rules.js';
import type { ReferenceCommit } from './reference-log.js';

/** Holds in the order of their time, which is nearly the order in which they are made. */
export class DueHolds {
  readonly #holds: LoggedHold[] = [];
  /** The last version in which a hold is confirmed: it is kept until then, to show that it was late. */
  readonly #confirmed = new Map<string, number>();
  #first = 0;

  constructor(commits: readonly ReferenceCommit[]) {
    for (const { version, ops } of commits) {
      for (const op of ops) {
        if (op.op === undefined && op.hold !== undefined) this.#confirmed.set(op.hold, version);
      }
    }
  }

  add(hold: LoggedHold): void {
    let index = this.#holds.length;
    const isLater = (other: LoggedHold | undefined) => (other?.op.until ?? '') > hold.op.until;
    while (index > this.#first && isLater(this.#holds[index - 1])) index--;
    this.#holds.splice(index, 0, hold);
  }

  /** Takes the holds that end by time at a commit. */
  until(at: string, version: number): Set<LoggedHold> {
    const due = new Set<LoggedHold>();
    for (; (this.#holds[this.#first]?.op.until ?? '~') <= at; this.#first++) {
      const hold = this.#holds[this.#first] as LoggedHold;
      const isLate = (this.#confirmed.get(hold.op.hold) ?? 0) >= version;
      if (hold.end === undefined && !isLate) due.add(hold);
    }
    return due;
  }

  /** The holds that are left. */
  all(): LoggedHold[] {
    return this.#holds.slice(this.#first).filter(({ end }) => end === undefined);
  }
}
