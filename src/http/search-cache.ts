/** A serialized answer of `/search`. */
export interface CachedAnswer {
  /** The tag of the store's state that it was made from. */
  readonly state: string;
  readonly etag: string;
  readonly body: string;
}

/** Most answers kept, of a few kilobytes each. */
const ANSWERS_MAX = 64;

/** The latest answers by URL. One is valid until the state changes. */
export class SearchCache {
  readonly #answers = new Map<string, CachedAnswer>();

  get(url: string, state: string): CachedAnswer | undefined {
    const answer = this.#answers.get(url);
    return answer?.state === state ? answer : undefined;
  }

  /** Stores an answer and returns it. The oldest one is evicted. */
  set(url: string, answer: CachedAnswer): CachedAnswer {
    this.#answers.delete(url); // so that it becomes the newest of the map
    this.#answers.set(url, answer);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= ANSWERS_MAX) break;
      this.#answers.delete(oldest);
    }
    return answer;
  }
}
