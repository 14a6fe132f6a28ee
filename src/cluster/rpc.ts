import type { RpcMethods } from './messages.js';

type Question = keyof RpcMethods;
type Asked<Name extends Question> = Parameters<RpcMethods[Name]>;
type AnswerTo<Name extends Question> = ReturnType<RpcMethods[Name]>;

/** What one side answers. */
export type Answers = {
  readonly [Name in Question]?: (...asked: Asked<Name>) => Promise<AnswerTo<Name>>;
};

interface Ask {
  readonly type: 'ask';
  readonly id: number;
  readonly question: Question;
  readonly asked: readonly unknown[];
}

interface Answer {
  readonly type: 'answer';
  readonly id: number;
  readonly value?: unknown;
  readonly failed?: string;
}

/** The end of a channel between two processes; `process` in a worker, a `Worker` in its primary. */
interface Channel {
  send?(message: unknown, callback: (error: Error | null) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** Questions and answers over a channel that otherwise only carries messages. */
export class Rpc {
  readonly #channel: Channel;
  readonly #open = new Map<number, (answer: Answer) => void>();
  #asked = 0;

  /** @param answers what this side answers */
  constructor(channel: Channel, answers: Answers) {
    this.#channel = channel;
    channel.on('message', (message) => {
      const { type } = message as { type?: unknown };
      if (type === 'ask') void this.#answer(message as Ask, answers);
      else if (type === 'answer') this.#open.get((message as Answer).id)?.(message as Answer);
    });
  }

  /**
   * Asks the other side.
   *
   * @throws Error when it does not answer within `withinMs`, or cannot
   */
  ask<Name extends Question>(
    question: Name,
    withinMs: number,
    ...asked: Asked<Name>
  ): Promise<AnswerTo<Name>> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#open.delete(id);
        reject(new Error(`no answer to "${question}" within ${withinMs} ms`));
      }, withinMs);
      this.#open.set(id, ({ value, failed }) => {
        clearTimeout(late);
        this.#open.delete(id);
        if (failed === undefined) resolve(value as AnswerTo<Name>);
        else reject(new Error(failed));
      });
      this.#send({ type: 'ask', id, question, asked });
    });
  }

  async #answer({ id, question, asked }: Ask, answers: Answers): Promise<void> {
    try {
      const answer = answers[question] as ((...all: readonly unknown[]) => unknown) | undefined;
      const value = await answer?.(...asked);
      this.#send({ type: 'answer', id, value });
    } catch (error) {
      this.#send({ type: 'answer', id, failed: (error as Error).message });
    }
  }

  /** A message to a process that just died is lost; whoever waits for its answer times out. */
  #send(message: Ask | Answer): void {
    this.#channel.send?.(message, () => {});
  }
}
