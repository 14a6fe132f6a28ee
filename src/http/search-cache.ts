/** An answer that was printed, and the state and the tag that it belongs to. */
export interface CachedAnswer {
  /** Of the state that it was made from. */
  readonly state: string;
  readonly etag: string;
  readonly body: string;
}

/** So many answers are kept, at some kilobytes each. */
const KEPT_MAX = 64;

/**
 * The newest answers of a route, by the address that was asked: while the state stays what it was,
 * nothing is sought, sorted or printed again.
 */
export class SearchCache {
  readonly #answers = new Map<string, CachedAnswer>();

  find(address: string, state: string): CachedAnswer | undefined {
    const answer = this.#answers.get(address);
    return answer?.state === state ? answer : undefined;
  }

  keep(address: string, answer: CachedAnswer): CachedAnswer {
    this.#answers.delete(address); // so that the newest stand last
    this.#answers.set(address, answer);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= KEPT_MAX) break;
      this.#answers.delete(oldest);
    }
    return answer;
  }
}
