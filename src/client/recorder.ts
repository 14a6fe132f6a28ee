import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { formatHistory } from '../verdict/history-lines.js';
import type { Answer, History, RecordedRequest } from '../verdict/recorded-request.js';

/** Some 400 bytes a request: 400 MB at most. */
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
 * Records requests in memory: two looks at the clock and one object for each, no text. When it is
 * full it records no more, counts what it left out, and the history says so: one with a gap proves
 * nothing.
 */
export class Recorder {
  readonly #requests: Recording[] = [];
  readonly #requestsMax: number;
  readonly #now: () => number;
  #dropped = 0;

  /** @param now a monotonic clock, in milliseconds; one for all that are recorded together */
  constructor(requestsMax = RECORDED_REQUESTS_MAX, now = () => performance.now()) {
    this.#requestsMax = requestsMax;
    this.#now = now;
  }

  /** Requests that it had no room for. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Notes a question; call it right before the question is sent.
   *
   * @returns what to call with the answer once all of it is there; never, where none came
   */
  sending(question: Question): (answer: Answer) => void {
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

  /** What was recorded so far. */
  history(): History {
    return { requests: this.#requests, dropped: this.#dropped };
  }

  /** Writes the history, one request a line; a file that is there is replaced. */
  async writeTo(path: string): Promise<void> {
    await pipeline(Readable.from(formatHistory(this.history())), createWriteStream(path));
  }
}
