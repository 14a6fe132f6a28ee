import type { RpcMethods } from './messages.js';

type Method = keyof RpcMethods;
type Args<Name extends Method> = Parameters<RpcMethods[Name]>;
type Result<Name extends Method> = ReturnType<RpcMethods[Name]>;

/** The methods that one side implements. */
export type RpcHandlers = {
  readonly [Name in Method]?: (...args: Args<Name>) => Promise<Result<Name>>;
};

interface Request {
  readonly type: 'request';
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

interface Response {
  readonly type: 'response';
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** One end of a channel between two processes: `process` in a worker, a `Worker` in its primary. */
interface Channel {
  send?(message: unknown, callback: (error: Error | null) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** Remote procedure calls over a channel that otherwise carries plain messages. */
export class Rpc {
  readonly #channel: Channel;
  readonly #pending = new Map<number, (response: Response) => void>();
  #lastId = 0;

  /** @param handlers the methods that this side implements */
  constructor(channel: Channel, handlers: RpcHandlers) {
    this.#channel = channel;
    channel.on('message', (message) => {
      const { type } = message as { type?: unknown };
      if (type === 'request') void this.#handle(message as Request, handlers);
      else if (type === 'response') {
        this.#pending.get((message as Response).id)?.(message as Response);
      }
    });
  }

  /**
   * Calls a method of the other side.
   *
   * @throws Error when it fails, or does not answer within `timeoutMs`
   */
  call<Name extends Method>(
    method: Name,
    timeoutMs: number,
    ...args: Args<Name>
  ): Promise<Result<Name>> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new Error(`no answer to "${method}" within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#pending.set(id, ({ value, error }) => {
        clearTimeout(timer);
        this.#pending.delete(id);
        if (error === undefined) resolve(value as Result<Name>);
        else reject(new Error(error));
      });
      this.#send({ type: 'request', id, method, args });
    });
  }

  async #handle({ id, method, args }: Request, handlers: RpcHandlers): Promise<void> {
    try {
      const handler = handlers[method] as ((...args: readonly unknown[]) => unknown) | undefined;
      this.#send({ type: 'response', id, value: await handler?.(...args) });
    } catch (error) {
      this.#send({ type: 'response', id, error: (error as Error).message });
    }
  }

  /** A message to a process that just died is lost, and the call times out. */
  #send(message: Request | Response): void {
    this.#channel.send?.(message, () => {});
  }
}
