import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { onTestFinished } from 'vitest';

/** A secret of 24 bytes. */
export const webhookSecret = `whsec_${Buffer.from('the secret of all tests!').toString('base64')}`;

/** A message that arrived, and was signed with the secret. */
export interface Received {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Answers a delivery. Without an answer of its own, 204. */
export type Answer = (message: Received, response: ServerResponse) => void | Promise<void>;

export const answerOk: Answer = (_message, response) => void response.writeHead(204).end();

/** Receives messages on loopback, verifies each, and remembers those that it has accepted. */
export class WebhookReceiver {
  /** Accepted with 2xx, in the order of their arrival, with repetitions. */
  readonly accepted: Received[] = [];
  /** Every attempt. */
  attempts = 0;
  /** Attempts that were not signed. */
  unsigned = 0;
  answer: Answer;
  readonly #server: Server;
  #port = 0;

  private constructor(answer: Answer) {
    this.answer = answer;
    this.#server = createServer((request, response) => {
      this.#receive(request, response).catch(() => response.destroy());
    });
  }

  static async start(answer: Answer = answerOk): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(answer);
    await receiver.listen();
    return receiver;
  }

  static async startForTest(answer?: Answer): Promise<WebhookReceiver> {
    const receiver = await WebhookReceiver.start(answer);
    onTestFinished(() => receiver.close());
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }

  /** The settings of a server that delivers to it. */
  get env(): NodeJS.ProcessEnv {
    return {
      WEBHOOK_URL: this.url,
      WEBHOOK_SECRET: webhookSecret,
      WEBHOOK_ALLOW_PRIVATE: '1',
    };
  }

  /** Listens again, on the same port. */
  async listen(): Promise<void> {
    await once(this.#server.listen(this.#port, '127.0.0.1'), 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Accepts no connections, as a process that is down. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server.close(), 'close');
    this.#server.closeAllConnections();
    await closed;
  }

  /** The orders that were accepted, each once. */
  get orderIds(): string[] {
    const ids = this.accepted.flatMap(({ type, data }) =>
      type === 'order.created' ? [String(data.orderId)] : [],
    );
    return [...new Set(ids)];
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.attempts++;
    const body = await text(request);
    try {
      new Webhook(webhookSecret).verify(body, request.headers as Record<string, string>);
    } catch {
      this.unsigned++;
      response.writeHead(401).end();
      return;
    }
    const message = { id: String(request.headers['webhook-id']), ...JSON.parse(body) };
    response.once('close', () => {
      if (response.statusCode >= 200 && response.statusCode < 300 && response.headersSent) {
        this.accepted.push(message);
      }
    });
    await this.answer(message, response);
  }
}

/** The ids of messages that came before one of an earlier commit of their event, without repetitions. */
export function outOfOrder(accepted: readonly Received[]): string[] {
  const seen = new Set<string>();
  const newest = new Map<unknown, number>();
  const wrong: string[] = [];
  for (const { id, type, data } of accepted) {
    if (type !== 'order.created' || seen.has(id)) continue;
    seen.add(id);
    const [first = 0] = data.serials as number[];
    if (first < (newest.get(data.eventId) ?? 0)) wrong.push(id);
    newest.set(data.eventId, first);
  }
  return wrong;
}
