import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { formatHistory } from '../verdict/history-lines.js';
import type { Answer, History, RecordedRequest } from '../verdict/recorded-request.js';

/** About 400 bytes per request: 400 MB at most. */
export const RECORDED_REQUESTS_MAX = 1_000_000;

type Question = RecordedRequest['question'];

interface Recording {
  readonly id: string;
  readonly sentAt: number;
  answeredAt: number | null;
  readonly question: Question;
  answer: Answer | null;
}

/**
 * Records requests in memory, at the cost of two clock readings and one object each. Once it is full,
 * it only counts further requests, and the history contains that count: a history with a gap proves
 * nothing.
 */
export class Recorder {
  readonly #requests: Recording[] = [];
  readonly #requestsMax: number;
  readonly #now: () => number;
  #dropped = 0;

  /** @param now a monotonic clock in milliseconds; the same for all requests of one recording */
  constructor(requestsMax = RECORDED_REQUESTS_MAX, now = () => performance.now()) {
    this.#requestsMax = requestsMax;
    this.#now = now;
  }

  /** How many requests were not recorded because it was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Records a request; call it right before the request is sent.
   *
   * @returns a function to call with the answer once it has arrived completely
   */
  recordRequest(question: Question): (answer: Answer) => void {
    if (this.#requests.length >= this.#requestsMax) {
      this.#dropped++;
      return () => {};
    }
    const recording: Recording = {
      id: `${this.#requests.length + 1}`,
      sentAt: this.#now(),
      answeredAt: null,
      question,
      answer: null,
    };
    this.#requests.push(recording);
    return (answer) => {
      recording.answeredAt = this.#now();
      recording.answer = answer;
    };
  }

  /** Everything recorded so far. */
  history(): History {
    return { requests: this.#requests, dropped: this.#dropped };
  }

  /** Writes the history to a file, one request per line; replaces an existing file. */
  async writeTo(path: string): Promise<void> {
    await pipeline(
      Readable.from(formatHistory(this.history())),
      createWriteStream(path, { mode: 0o600 }),
    );
  }
}
